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
import io.querytrail.audit.ledger.RateLimits;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.SafetyRules;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Requests of 100 accounts, each admitted and settled. */
final class DeciderLoad {
  private static final int ACCOUNTS = 100;
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private DeciderLoad() {}

  private static PriceBook prices() {
    BigDecimal one = BigDecimal.ONE;
    ModelPrice price = new ModelPrice(one, one, one, one, one);
    return new PriceBook(
        List.of(
            new PriceTable(
                "p1", LocalDate.parse("2026-11-01"), "USD", Map.of("test:small", price))));
  }

  /** Admits and settles so many requests. */
  static void run(int requests) {
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
                OptionalInt.of(200)));
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

  private static Policy policy(int account) {
    return new Policy(
        new AccountId("account-" + account),
        1,
        ZoneId.of("America/New_York"),
        "USD",
        List.of(
            budget(BudgetScope.ACCOUNT, Period.Kind.MONTH),
            budget(BudgetScope.TEAM, Period.Kind.MONTH),
            budget(BudgetScope.USER, Period.Kind.DAY),
            budget(BudgetScope.MODEL, Period.Kind.DAY)),
        List.of(new Candidate("test", "small", "cheap")),
        8_000,
        1_000,
        3,
        Duration.ofMinutes(2),
        List.of(new DatasourceRule("shop", List.of("shop"), 1_000, SafetyRules.NONE)),
        false,
        RateLimits.NONE);
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
