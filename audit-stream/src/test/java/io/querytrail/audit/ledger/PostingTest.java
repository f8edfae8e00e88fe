package io.querytrail.audit.ledger;

import static io.querytrail.audit.ledger.Ledgers.ACME;
import static io.querytrail.audit.ledger.Ledgers.NOON;
import static io.querytrail.audit.ledger.Ledgers.budget;
import static io.querytrail.audit.ledger.Ledgers.monthly;
import static io.querytrail.audit.ledger.Ledgers.policy;
import static io.querytrail.audit.ledger.Ledgers.request;
import static io.querytrail.audit.ledger.Ledgers.soft;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.ledger.Period.Kind;
import io.querytrail.audit.money.Money;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PostingTest {
  private static final BudgetTarget MONTH =
      new BudgetTarget(BudgetScope.ACCOUNT, "*", Kind.MONTH, Optional.empty());
  private static final BudgetTarget ADA =
      new BudgetTarget(BudgetScope.USER, "ada", Kind.DAY, Optional.empty());

  private final BudgetLedger ledger = new BudgetLedger(Ledgers.prices());
  private final MapLedgerState state = new MapLedgerState();

  @Test
  void postsAnAmountToOneBudgetAndToNoOther() {
    apply(policy(1, monthly("1"), budget(BudgetScope.USER, "*", Kind.DAY, "1")));
    ask("r-1");

    assertThat(post("c-1", ADA, "0.25")).isInstanceOf(OrderResponse.Adjusted.class);
    assertThat(post("c-2", ADA, "-0.05")).isInstanceOf(OrderResponse.Adjusted.class);

    Balance day = balance(BudgetScope.USER, "ada", Kind.DAY, "2026-11-21");
    assertThat(day.settled()).isEqualTo(Money.of("0.2"));
    assertThat(day.adjusted()).isEqualTo(Money.of("0.2"));
    assertThat(day.held()).isEqualTo(Ledgers.HOLD);
    assertThat(day.openHolds()).isEqualTo(1);
    assertThat(month().settled()).isEqualTo(Money.ZERO);
  }

  @Test
  void postsToABudgetThatWasNotUsedYet() {
    apply(policy(1, budget(BudgetScope.USER, "*", Kind.DAY, "1")));

    post("c-1", ADA, "1");

    assertThat(balance(BudgetScope.USER, "ada", Kind.DAY, "2026-11-21").settled())
        .isEqualTo(Money.of("1"));
    assertThat(admit("r-1")).isInstanceOf(AdmitResponse.Refused.class);
  }

  @Test
  void neverLeavesLessThanNothingSettled() {
    apply(policy(1, monthly("1")));
    post("c-1", MONTH, "0.5");

    assertThat(refusal(post("c-2", MONTH, "-0.500000000001"))).contains("less than nothing");
    assertThat(post("c-3", MONTH, "-0.5")).isInstanceOf(OrderResponse.Adjusted.class);
    assertThat(month().settled()).isEqualTo(Money.ZERO);
    assertThat(month().adjusted()).isEqualTo(Money.ZERO);
  }

  @Test
  void takesAHardBudgetToItsLimitAndNotAboveIt() {
    apply(policy(1, monthly("0.1")));
    ask("r-1");

    assertThat(refusal(post("c-1", MONTH, "0.094000000001"))).contains("raise the limit first");
    assertThat(post("c-2", MONTH, "0.094")).isInstanceOf(OrderResponse.Adjusted.class);
    assertThat(month().committed()).isEqualTo(month().limit());
  }

  @Test
  void takesASoftBudgetWhereverTheBillIs() {
    apply(policy(1, soft(monthly("0.1"))));

    assertThat(post("c-1", MONTH, "5")).isInstanceOf(OrderResponse.Adjusted.class);
    assertThat(month().settled()).isEqualTo(Money.of("5"));
  }

  @Test
  void raisesTheAlertsThatThePostingReaches() {
    apply(policy(1, monthly("1")));

    List<LedgerFact> facts = facts("c-1", MONTH, Optional.of(Money.of("0.9")));

    assertThat(facts.getLast())
        .isInstanceOfSatisfying(
            LedgerFact.ThresholdsReached.class,
            reached -> {
              assertThat(reached.percents()).containsExactly(50, 90);
              assertThat(reached.cause()).isEmpty();
            });
  }

  @Test
  void resetsWhatIsSettledAndLeavesWhatIsHeld() {
    apply(policy(1, monthly("0.011")));
    ask("r-1");
    settle("r-1", 5_000);
    ask("r-2");
    assertThat(admit("r-3")).isInstanceOf(AdmitResponse.Refused.class);

    OrderResponse response = done(ledger.decide(adjust("c-1", MONTH, Optional.empty()), state));

    assertThat(response)
        .isInstanceOfSatisfying(
            OrderResponse.Adjusted.class,
            adjusted -> {
              assertThat(adjusted.fact().reset()).isTrue();
              assertThat(adjusted.fact().change().settledDelta()).isEqualTo(Money.of("-0.005"));
            });
    assertThat(month().settled()).isEqualTo(Money.ZERO);
    assertThat(month().held()).isEqualTo(Ledgers.HOLD);
  }

  @Test
  void chargeThatIsTakenBackAfterAResetLeavesNothingAndNotLess() {
    // Given a request that expired, and a budget that was reset since
    apply(policy(1, monthly("1")));
    ask("r-1");
    done(
        ledger.decide(
            new LedgerCommand.Expire(
                ACME, new RequestId("r-1"), "r-1#1", Ledgers.NOON.plusSeconds(600)),
            state));
    assertThat(month().settled()).isEqualTo(Ledgers.HOLD);
    done(ledger.decide(adjust("c-1", MONTH, Optional.empty()), state));

    // When it turns out that almost nothing was used
    settle("r-1", 1);

    // Then the adjustment makes up for what was charged and taken back
    assertThat(month().settled()).isEqualTo(Money.ZERO);
    assertThat(month().adjusted()).isEqualTo(Money.of("-0.000001"));
  }

  @Test
  void doesEachCommandOnce() {
    apply(policy(1, monthly("1")));
    post("c-1", MONTH, "0.5");
    post("c-2", MONTH, "-5");

    assertThat(post("c-1", MONTH, "0.5")).isEqualTo(new OrderResponse.Repeated());
    assertThat(post("c-2", MONTH, "-0.1")).isEqualTo(new OrderResponse.Repeated());
    assertThat(month().settled()).isEqualTo(Money.of("0.5"));
  }

  @Test
  void refusesWhatIsNoBudgetOfTheAccount() {
    assertThat(refusal(post("c-0", MONTH, "1"))).contains("no policy");
    apply(policy(1, monthly("1"), budget(BudgetScope.USER, "*", Kind.DAY, "1")));

    assertThat(refusal(post("c-1", target(BudgetScope.TEAM, "sales", Kind.DAY), "1")))
        .contains("there is no budget team sales by day");
    assertThat(refusal(post("c-2", target(BudgetScope.USER, "*", Kind.DAY), "1")))
        .contains("name whose it is");
    assertThat(refusal(post("c-3", MONTH, "0"))).contains("the amount is 0");
    assertThat(refusal(post("c-4", in("2026-10"), "0.1"))).contains("in 2026-10");
    assertThat(refusal(reset("c-5", MONTH))).contains("nothing is settled");
  }

  @Test
  void postsToAPeriodThatIsOver() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    settle("r-1", 100);
    BudgetTarget november = in("2026-11");

    OrderResponse response =
        done(
            ledger.decide(
                new LedgerCommand.Adjust(
                    new Order(ACME, "c-1", "ann", "a late bill", NOON.plusSeconds(30L * 24 * 3600)),
                    november,
                    Optional.of(Money.of("0.2"))),
                state));

    assertThat(response).isInstanceOf(OrderResponse.Adjusted.class);
    assertThat(month().settled()).isEqualTo(Money.of("0.2001"));
  }

  // ---- as the topology does it

  private static BudgetTarget target(BudgetScope scope, String key, Kind kind) {
    return new BudgetTarget(scope, key, kind, Optional.empty());
  }

  private static BudgetTarget in(String month) {
    return new BudgetTarget(BudgetScope.ACCOUNT, "acme", Kind.MONTH, Optional.of(month));
  }

  private static LedgerCommand.Adjust adjust(
      String id, BudgetTarget target, Optional<Money> amount) {
    return new LedgerCommand.Adjust(
        new Order(ACME, id, "ann", "a credit note", NOON), target, amount);
  }

  private OrderResponse post(String id, BudgetTarget target, String amount) {
    return done(ledger.decide(adjust(id, target, Optional.of(Money.of(amount))), state));
  }

  private OrderResponse reset(String id, BudgetTarget target) {
    return done(ledger.decide(adjust(id, target, Optional.empty()), state));
  }

  private List<LedgerFact> facts(String id, BudgetTarget target, Optional<Money> amount) {
    return ledger.decide(adjust(id, target, amount), state).facts();
  }

  private static String refusal(OrderResponse response) {
    assertThat(response).isInstanceOf(OrderResponse.Refused.class);
    return ((OrderResponse.Refused) response).why();
  }

  private void apply(Policy policy) {
    assertThat(done(ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state)))
        .isTrue();
  }

  private void ask(String id) {
    assertThat(admit(id)).isInstanceOf(AdmitResponse.Admitted.class);
  }

  private AdmitResponse admit(String id) {
    return done(ledger.decide(new LedgerCommand.Admit(request(id), List.of()), state));
  }

  private void settle(String id, long tokens) {
    done(ledger.decide(Ledgers.settled(id, "n-1", Ledgers.cheap(tokens)), state));
  }

  private Balance month() {
    return balance(BudgetScope.ACCOUNT, "acme", Kind.MONTH, "2026-11");
  }

  private Balance balance(BudgetScope scope, String key, Kind kind, String period) {
    return state.balance(new BudgetKey(ACME, scope, key, kind, period)).orElseThrow();
  }

  private <R> R done(Decision<R> decision) {
    decision.facts().forEach(fact -> ledger.apply(fact, state));
    return decision.response();
  }
}
