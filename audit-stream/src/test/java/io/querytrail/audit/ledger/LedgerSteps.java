package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Period.Kind;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** Makes up histories. What it makes depends on its seed alone, and on what it was told. */
final class LedgerSteps {
  private static final List<String> ZONES =
      List.of("UTC", "Europe/Vienna", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe");
  private static final List<List<String>> MODELS =
      List.of(
          List.of("cheap", "strong"),
          List.of("cheap", "strong"),
          List.of("cheap", "strong"),
          List.of("strong", "cheap"),
          List.of("cheap"),
          List.of("cheap", PriceHistory.UNPRICED));
  private static final int OUTPUT_TOKENS = 1_000;
  private static final int ACCOUNTS = 4;
  private static final int REMEMBERED = 60;

  /** An admission that a report may be about. */
  private record Target(AccountId account, String id, int admission) {}

  private final Random random;
  private final List<Target> open = new ArrayList<>();
  private final List<Target> past = new ArrayList<>();
  private final List<LedgerStep> lastReports = new ArrayList<>();
  private int asked;
  private int commands;

  LedgerSteps(long seed) {
    this.random = new Random(seed);
  }

  /** The next step. */
  LedgerStep next() {
    int seconds = seconds();
    return switch (random.nextInt(42)) {
      case 0 -> policy(seconds);
      case 1 -> adjust(seconds);
      case 2, 3 -> askAgain(seconds);
      case 4, 5 -> again(seconds);
      case 6, 7 -> report(seconds, pick(past));
      case 8, 9, 10 -> interrupt(seconds);
      case 11 -> expire(random.nextInt(600), pick(open));
      case 12 -> report(seconds, Optional.of(new Target(account(), "nobody", 1)));
      case 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 -> report(seconds, take());
      case 23 -> cancel(seconds, random.nextInt(4) == 0 ? pick(past) : take());
      case 24 -> random.nextInt(8) == 0 ? prices(seconds) : ask(seconds);
      default -> ask(seconds);
    };
  }

  /** An admission was made, so that reports of it make sense. */
  void admitted(AccountId account, String id, int admission) {
    open.add(new Target(account, id, admission));
  }

  private int seconds() {
    return switch (random.nextInt(100)) {
      case 0 -> random.nextInt(86_400);
      case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> random.nextInt(900);
      default -> random.nextInt(40);
    };
  }

  private AccountId account() {
    return new AccountId("account-" + random.nextInt(ACCOUNTS));
  }

  private LedgerStep ask(int seconds) {
    return ask(seconds, account(), "r-" + asked++, random.nextInt(3), false);
  }

  private LedgerStep askAgain(int seconds) {
    Optional<Target> known = pick(random.nextBoolean() ? open : past);
    return known.isEmpty()
        ? ask(seconds)
        : ask(seconds, known.get().account(), known.get().id(), 0, random.nextInt(3) == 0);
  }

  private LedgerStep ask(int seconds, AccountId account, String id, int user, boolean other) {
    return new LedgerStep.Ask(
        seconds,
        account,
        id,
        "user-" + user,
        random.nextBoolean() ? Optional.of("team-" + random.nextInt(2)) : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of("crm") : Optional.empty(),
        random.nextInt(3) == 0 ? Optional.of("strong") : Optional.empty(),
        other);
  }

  /** The admission is over with that, as a rule. */
  private Optional<Target> take() {
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Target taken = open.remove(random.nextInt(open.size()));
    past.add(taken);
    if (past.size() > REMEMBERED) {
      past.removeFirst();
    }
    return Optional.of(taken);
  }

  private Optional<Target> pick(List<Target> targets) {
    return targets.isEmpty()
        ? Optional.empty()
        : Optional.of(targets.get(random.nextInt(targets.size())));
  }

  private LedgerStep report(int seconds, Optional<Target> target) {
    if (target.isEmpty()) {
      return ask(seconds);
    }
    LedgerStep report =
        new LedgerStep.Report(
            seconds,
            target.get().account(),
            target.get().id(),
            target.get().admission(),
            Long.toHexString(random.nextLong()),
            attempts(),
            random.nextInt(3) > 0);
    lastReports.add(report);
    if (lastReports.size() > REMEMBERED) {
      lastReports.removeFirst();
    }
    return report;
  }

  /** A redelivery. */
  private LedgerStep again(int seconds) {
    return lastReports.isEmpty()
        ? ask(seconds)
        : lastReports.get(random.nextInt(lastReports.size()));
  }

  private LedgerStep interrupt(int seconds) {
    Optional<Target> target = random.nextInt(4) == 0 ? pick(past) : take();
    return target.isEmpty()
        ? ask(seconds)
        : new LedgerStep.Interrupt(
            seconds, target.get().account(), target.get().id(), target.get().admission());
  }

  private LedgerStep expire(int seconds, Optional<Target> target) {
    return target.isEmpty()
        ? ask(seconds)
        : new LedgerStep.Expire(
            seconds, target.get().account(), target.get().id(), target.get().admission());
  }

  private List<Attempt> attempts() {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      long input = random.nextInt(random.nextInt(50) == 0 ? 20_000 : 1_001);
      long output = random.nextInt(1_001);
      Optional<TokenCounts> usage =
          random.nextInt(5) == 0
              ? Optional.empty()
              : Optional.of(new TokenCounts(input, input / 2, input / 4, output, output / 3));
      String model =
          random.nextInt(20) == 0 ? "surprise" : random.nextBoolean() ? "cheap" : "strong";
      int[] statuses = {200, 401, 408, 429, 500};
      OptionalInt status =
          random.nextBoolean()
              ? OptionalInt.empty()
              : OptionalInt.of(statuses[random.nextInt(statuses.length)]);
      attempts.add(new Attempt("test", model, random.nextInt(6) > 0, usage, status, false));
    }
    return attempts;
  }

  private LedgerStep policy(int seconds) {
    List<BudgetRule> budgets = new ArrayList<>();
    for (BudgetScope scope : BudgetScope.values()) {
      for (Kind kind : Kind.values()) {
        if (random.nextInt(3) == 0) {
          budgets.add(budget(scope, BudgetRule.EACH, kind));
        }
        if (scope == BudgetScope.USER && random.nextInt(4) == 0) {
          budgets.add(budget(scope, "user-0", kind));
        }
        if (scope == BudgetScope.MODEL && random.nextInt(4) == 0) {
          budgets.add(budget(scope, "test:strong", kind));
        }
      }
    }
    int input = 500 * (1 + random.nextInt(3));
    int sends = 1 + random.nextInt(3);
    long mostTokens = Pace.tokens(sends, input, OUTPUT_TOKENS);
    return new LedgerStep.ChangePolicy(
        seconds,
        random.nextInt(5),
        new PolicyBuilder()
            .account(account())
            .zone(ZONES.get(random.nextInt(ZONES.size())))
            .budgets(budgets)
            .models(MODELS.get(random.nextInt(MODELS.size())).stream().map(Ledgers::model).toList())
            .ceilings(input, OUTPUT_TOKENS, sends)
            .rateLimits(
                random.nextInt(3) == 0
                    ? new RateLimits(limit(20, mostTokens), limit(8, mostTokens))
                    : RateLimits.NONE)
            .prices(random.nextInt(4) == 0 ? ownPrices() : Map.of())
            .paused(random.nextInt(12) == 0)
            .build());
  }

  private Map<String, ModelPrice> ownPrices() {
    String model = random.nextBoolean() ? "test:cheap" : "test:strong";
    return Map.of(model, PriceHistory.flat(1 + random.nextInt(20)));
  }

  private LedgerStep prices(int seconds) {
    return new LedgerStep.ApplyPrices(
        seconds, account(), 1 + random.nextInt(6), random.nextInt(10_000) - 5_000);
  }

  private LedgerStep cancel(int seconds, Optional<Target> target) {
    return target.isEmpty()
        ? ask(seconds)
        : new LedgerStep.Cancel(seconds, target.get().account(), command(), target.get().id());
  }

  /** Mostly a new one. */
  private String command() {
    return "c-" + (random.nextInt(10) == 0 ? Math.max(0, commands - 1) : commands++);
  }

  private BudgetRule budget(BudgetScope scope, String key, Kind kind) {
    Money limit = Money.of("0.01").times(1 + random.nextInt(kind == Kind.TOTAL ? 5_000 : 200));
    Optional<Rollover> rollover =
        kind == Kind.TOTAL || random.nextInt(4) > 0
            ? Optional.empty()
            : Optional.of(
                new Rollover(
                    random.nextBoolean() ? Optional.empty() : Optional.of(Money.of("0.05"))));
    return new BudgetRule(
        scope, key, kind, limit, random.nextInt(5) > 0, List.of(50, 80, 90, 100), rollover);
  }

  private RateLimit limit(int most, long mostTokens) {
    return new RateLimit(
        random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(most)) : OptionalInt.empty(),
        random.nextBoolean()
            ? OptionalLong.of(mostTokens + random.nextInt(most * (int) mostTokens))
            : OptionalLong.empty(),
        random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(most)) : OptionalInt.empty());
  }

  private LedgerStep adjust(int seconds) {
    BudgetScope scope = BudgetScope.values()[random.nextInt(BudgetScope.values().length)];
    String key =
        switch (scope) {
          case ACCOUNT -> "*";
          case TEAM -> "team-0";
          case USER -> "user-" + random.nextInt(3);
          case DATASOURCE -> "shop";
          case MODEL -> "test:strong";
        };
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    Optional<Money> amount =
        random.nextInt(3) == 0
            ? Optional.empty()
            : Optional.of(Money.of("0.001").times(random.nextInt(200) - 60));
    return new LedgerStep.Adjust(
        seconds,
        account(),
        command(),
        new BudgetTarget(scope, key, kind, Optional.empty()),
        amount);
  }
}
