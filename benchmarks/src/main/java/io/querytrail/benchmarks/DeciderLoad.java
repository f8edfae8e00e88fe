package io.querytrail.benchmarks;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.BudgetRule;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.RateLimit;
import io.querytrail.audit.ledger.RateLimits;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.Routing;
import io.querytrail.audit.ledger.SafetyRules;
import io.querytrail.audit.ledger.TextStorage;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Requests of 100 accounts, each admitted and settled under one kind of policy. */
enum DeciderLoad {
  /** One model; budgets of the account and the team by month, of user and model by day. */
  FOUR_BUDGETS("4 budgets a request, 1 model", RateLimits.NONE, Map.of()) {
    @Override
    List<BudgetRule> budgets() {
      return List.of(
          budget(BudgetScope.ACCOUNT, Period.Kind.MONTH),
          budget(BudgetScope.TEAM, Period.Kind.MONTH),
          budget(BudgetScope.USER, Period.Kind.DAY),
          budget(BudgetScope.MODEL, Period.Kind.DAY));
    }
  },
  /** Every scope by day and by month for two models, one at a price of its own; rate limits. */
  ALL_OF_IT(
      "12 budgets a request, 2 models, rate limits, own prices",
      new RateLimits(
          new RateLimit(
              OptionalInt.of(1_000_000), OptionalLong.of(1L << 50), OptionalInt.of(100_000)),
          RateLimit.NONE),
      Map.of("test:large", DeciderLoad.flat("3"))) {
    @Override
    List<BudgetRule> budgets() {
      List<BudgetRule> budgets = new ArrayList<>();
      for (BudgetScope scope : BudgetScope.values()) {
        budgets.add(budget(scope, Period.Kind.DAY));
        budgets.add(budget(scope, Period.Kind.MONTH));
      }
      return budgets;
    }
  };

  private static final int ACCOUNTS = 100;
  private static final Candidate SMALL = new Candidate("test", "small", "cheap");
  private static final Candidate LARGE = new Candidate("test", "large", "strong");
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final String title;
  private final RateLimits rateLimits;
  private final Map<String, ModelPrice> ownPrices;

  DeciderLoad(String title, RateLimits rateLimits, Map<String, ModelPrice> ownPrices) {
    this.title = title;
    this.rateLimits = rateLimits;
    this.ownPrices = ownPrices;
  }

  String title() {
    return title;
  }

  abstract List<BudgetRule> budgets();

  private static ModelPrice flat(String price) {
    BigDecimal amount = new BigDecimal(price);
    return new ModelPrice(amount, amount, amount, amount, amount);
  }

  private static PriceBook prices() {
    return new PriceBook(
        List.of(
            new PriceTable(
                "p1",
                LocalDate.parse("2026-11-01"),
                "USD",
                Map.of("test:small", flat("1"), "test:large", flat("5")))));
  }

  /** Admits and settles so many requests. */
  void run(int requests) {
    BudgetLedger ledger = new BudgetLedger(prices());
    HeapState state = new HeapState();
    for (int i = 0; i < ACCOUNTS; i++) {
      done(ledger, ledger.decide(new LedgerCommand.ChangePolicy(policy(i), START), state), state);
    }
    List<Attempt> attempts =
        List.of(
            new Attempt(
                "test",
                "small",
                true,
                Optional.of(new TokenCounts(900, 0, 0, 120, 0)),
                OptionalInt.of(200),
                false));
    for (int i = 0; i < requests; i++) {
      Request request = request(i);
      done(ledger, ledger.decide(new LedgerCommand.Admit(request, List.of()), state), state);
      LedgerCommand.Settle settle =
          new LedgerCommand.Settle(
              request.account(), request.id(), request.id() + "#1", "nonce", attempts, true);
      done(ledger, ledger.decide(settle, state), state);
    }
    if (state.openHolds() != 0) {
      throw new IllegalStateException("the load left money on hold");
    }
  }

  private static void done(BudgetLedger ledger, Decision<?> decision, HeapState state) {
    if (decision.facts().isEmpty()) {
      throw new IllegalStateException("nothing was decided: " + decision.response());
    }
    decision.facts().forEach(fact -> ledger.apply(fact, state));
  }

  private Policy policy(int account) {
    return new Policy(
        new AccountId("account-" + account),
        1,
        ZoneId.of("America/New_York"),
        "USD",
        budgets(),
        ownPrices.isEmpty() ? List.of(SMALL) : List.of(SMALL, LARGE),
        8_000,
        1_000,
        3,
        Duration.ofMinutes(2),
        List.of(new DatasourceRule("shop", List.of("shop"), 1_000, SafetyRules.NONE)),
        false,
        rateLimits,
        ownPrices,
        Routing.DEFAULTS,
        TextStorage.CLEAR);
  }

  private static BudgetRule budget(BudgetScope scope, Period.Kind kind) {
    return new BudgetRule(
        scope, BudgetRule.EACH, kind, Money.of("1000000"), true, List.of(50, 80, 90, 100));
  }

  private static Request request(int number) {
    return new Request(
        new AccountId("account-" + number % ACCOUNTS),
        new RequestId("r-" + number),
        "user-" + number % 7,
        Optional.of("sales"),
        Optional.empty(),
        Optional.empty(),
        "How many?",
        Optional.empty(),
        Map.of(),
        "digest",
        Optional.empty(),
        START.plusMillis(number),
        0,
        number);
  }
}
