package io.querytrail.audit.ledger;

import static io.querytrail.audit.ledger.Ledgers.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.ledger.Period.Kind;
import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RolloverTest {
  private static final Instant NOVEMBER = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-21T12:00:00Z");

  private final BudgetLedger ledger = new BudgetLedger(Ledgers.prices());
  private final MapLedgerState state = new MapLedgerState();

  @Test
  void whatIsLeftOfAMonthAddsToTheNext() {
    apply("UTC", rolling(Kind.MONTH, "1", null));
    spend("r-1", NOVEMBER, 1_500);

    ask("r-2", DECEMBER);

    Balance december = balance(Kind.MONTH, "2026-12");
    assertThat(december.rolledOver()).isEqualTo(Money.of("0.9985"));
    assertThat(december.limit()).isEqualTo(Money.of("1.9985"));
  }

  @Test
  void whatIsCarriedCanBeSpentToTheLastUnitAndNotBeyond() {
    apply("UTC", rolling(Kind.MONTH, "0.006", null));
    spend("r-1", NOVEMBER, 3_000);
    // Left are 0.003; with 0.006 of its own December has room for one hold and half of one.
    ask("r-2", DECEMBER);
    assertThat(admit("r-3", DECEMBER)).isInstanceOf(AdmitResponse.Refused.class);

    settle("r-2", 3_000);

    ask("r-4", DECEMBER);
    assertThat(balance(Kind.MONTH, "2026-12").committed()).isEqualTo(Money.of("0.009"));
    assertThat(admit("r-5", DECEMBER)).isInstanceOf(AdmitResponse.Refused.class);
  }

  @Test
  void aMonthEndsWhereTheZoneSaysSo() {
    apply("Europe/Vienna", rolling(Kind.MONTH, "1", null));
    spend("r-1", Instant.parse("2026-11-30T22:59:59.999Z"), 1_000);

    ask("r-2", Instant.parse("2026-11-30T23:00:00Z"));

    assertThat(balance(Kind.MONTH, "2026-12").rolledOver()).isEqualTo(Money.of("0.999"));
    assertThat(balance(Kind.MONTH, "2026-11").settled()).isEqualTo(Money.of("0.001"));
  }

  @Test
  void aDayCarriesNothingIntoItselfWhenTheZoneMovesEastWithinIt() {
    apply("America/New_York", rolling(Kind.DAY, "0.01", null));
    spend("r-1", Instant.parse("2026-11-21T05:30:00Z"), 1_000);
    apply(
        new PolicyBuilder(state.account(ACME).policy().orElseThrow())
            .version(2)
            .zone("Australia/Lord_Howe")
            .build());

    ask("r-2", Instant.parse("2026-11-21T12:00:00Z"));

    assertThat(balance(Kind.DAY, "2026-11-21").limit()).isEqualTo(Money.of("0.01"));
  }

  @Test
  void aDayOfTwentyThreeHoursIsADayLikeOthers() {
    // On 29 March 2026 clocks in Vienna go from 2 to 3; prices of the tests begin in November, so
    // the same change a year later.
    apply("Europe/Vienna", rolling(Kind.DAY, "1", null));
    spend("r-1", Instant.parse("2027-03-27T22:30:00Z"), 1_000);
    spend("r-2", Instant.parse("2027-03-28T21:59:59Z"), 2_000);

    ask("r-3", Instant.parse("2027-03-28T22:00:00Z"));

    assertThat(balance(Kind.DAY, "2027-03-28").rolledOver()).isEqualTo(Money.of("0.999"));
    assertThat(balance(Kind.DAY, "2027-03-29").rolledOver()).isEqualTo(Money.of("1.997"));
  }

  @Test
  void moneyThatWasStillHeldAtTheEndIsCarriedOnceItIsGivenBack() {
    apply("UTC", rolling(Kind.MONTH, "1", null));
    ask("r-1", NOVEMBER);
    ask("r-2", DECEMBER);
    assertThat(balance(Kind.MONTH, "2026-12").rolledOver()).isEqualTo(Money.of("0.994"));

    settle("r-1", 1_000);
    ask("r-3", DECEMBER);

    assertThat(balance(Kind.MONTH, "2026-12").rolledOver()).isEqualTo(Money.of("0.999"));
  }

  @Test
  void theCapBoundsWhatIsCarried() {
    apply("UTC", rolling(Kind.MONTH, "1", "0.25"));
    spend("r-1", NOVEMBER, 1_000);

    ask("r-2", DECEMBER);

    assertThat(balance(Kind.MONTH, "2026-12").limit()).isEqualTo(Money.of("1.25"));
  }

  @Test
  void aMonthWithoutARequestLeavesAllOfItsLimit() {
    apply("UTC", rolling(Kind.MONTH, "1", null));
    spend("r-1", NOVEMBER, 1_000);

    ask("r-2", Instant.parse("2027-02-01T00:00:00Z"));

    assertThat(balance(Kind.MONTH, "2027-02").rolledOver()).isEqualTo(Money.of("2.999"));
  }

  @Test
  void aBudgetWithoutAPastBringsNothing() {
    apply("UTC", rolling(Kind.MONTH, "1", null));

    ask("r-1", DECEMBER);

    assertThat(balance(Kind.MONTH, "2026-12").rolledOver()).isEqualTo(Money.ZERO);
  }

  @Test
  void nothingIsCarriedOutOfAMonthThatIsOverspent() {
    apply("UTC", rolling(Kind.MONTH, "0.01", null));
    spend("r-1", NOVEMBER, 20_000);

    ask("r-2", DECEMBER);

    assertThat(balance(Kind.MONTH, "2026-12").limit()).isEqualTo(Money.of("0.01"));
  }

  @Test
  void aPolicyWithoutRolloverTakesBackWhatWasCarried() {
    apply("UTC", rolling(Kind.MONTH, "1", null));
    spend("r-1", NOVEMBER, 1_000);
    ask("r-2", DECEMBER);

    apply(Ledgers.policy(2, Ledgers.monthly("1")));
    settle("r-2", 1_000);

    assertThat(balance(Kind.MONTH, "2026-12").limit()).isEqualTo(Money.of("1"));
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertThatThrownBy(() -> rolling(Kind.TOTAL, "1", null)).hasMessageContaining("no next period");
    assertThatThrownBy(() -> rolling(Kind.MONTH, "1", "0")).hasMessageContaining("rolloverCap");
  }

  // ---- as the topology does it

  private static BudgetRule rolling(Kind kind, String limit, @Nullable String cap) {
    return new BudgetRule(
        BudgetScope.ACCOUNT,
        "*",
        kind,
        Money.of(limit),
        true,
        List.of(100),
        Optional.of(new Rollover(Optional.ofNullable(cap).map(Money::of))));
  }

  private void apply(String zone, BudgetRule rule) {
    apply(Ledgers.policy(ACME, 1, zone, List.of(Ledgers.model("cheap")), rule));
  }

  private void apply(Policy policy) {
    assertThat(done(ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state)))
        .isTrue();
  }

  private void spend(String id, Instant at, long tokens) {
    ask(id, at);
    settle(id, tokens);
  }

  private void ask(String id, Instant at) {
    assertThat(admit(id, at)).isInstanceOf(AdmitResponse.Admitted.class);
  }

  private AdmitResponse admit(String id, Instant at) {
    Request request = Ledgers.request(ACME, id, "ada", Optional.empty(), at);
    return done(ledger.decide(new LedgerCommand.Admit(request, List.of()), state));
  }

  private void settle(String id, long tokens) {
    done(ledger.decide(Ledgers.settled(id, "n-" + id, Ledgers.cheap(tokens)), state));
  }

  private Balance balance(Kind kind, String period) {
    return state
        .balance(new BudgetKey(ACME, BudgetScope.ACCOUNT, "acme", kind, period))
        .orElseThrow();
  }

  private <R> R done(Decision<R> decision) {
    decision.facts().forEach(fact -> ledger.apply(fact, state));
    return decision.response();
  }
}
