package io.querytrail.audit.ledger;

import static io.querytrail.audit.ledger.Ledgers.ACME;
import static io.querytrail.audit.ledger.Ledgers.NOON;
import static io.querytrail.audit.ledger.Ledgers.model;
import static io.querytrail.audit.ledger.Ledgers.monthly;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceSchedule.When;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** By which price a request is held and charged, whatever becomes of the tables. */
class LedgerPricesTest {
  private final MapLedgerState state = new MapLedgerState();
  private BudgetLedger ledger = new BudgetLedger(Ledgers.prices());

  @Test
  void tableThatIsAppliedPricesNewAdmissionsAndNoneOfBefore() {
    // Given
    apply(Ledgers.policy(1, monthly("1")));
    Admission before = ask("r-1");

    // When the same model becomes five times as dear
    state.apply(flat("dear", "2026-11-21T00:00:00Z", "5"));
    Admission after = ask("r-2");

    // Then
    assertThat(before.priceVersion()).isEqualTo("p1");
    assertThat(after.priceVersion()).isEqualTo("dear");
    assertThat(after.held()).isEqualTo(Ledgers.HOLD.times(5));
    assertThat(settle("r-1", 1_000)).isEqualTo(Money.of("0.001"));
    assertThat(settle("r-2", 1_000)).isEqualTo(Money.of("0.005"));
  }

  @Test
  void tableOfALaterDayWaitsForIt() {
    apply(Ledgers.policy(1, monthly("1")));
    state.apply(flat("december", "2026-12-01T00:00:00Z", "5"));

    assertThat(ask("r-1").priceVersion()).isEqualTo("p1");
    assertThat(ask("r-2", Instant.parse("2026-12-01T00:00:00Z")).priceVersion())
        .isEqualTo("december");
  }

  @Test
  void tableThatWasAppliedGoesBeforeALaterOneOfTheProduct() {
    // Given the product brings a table for March 2027
    apply(Ledgers.policy(1, monthly("1")));
    state.apply(flat("contract", "2026-11-21T00:00:00Z", "5"));

    // Then an upgrade changes no price that somebody has set
    assertThat(ask("r-1", Instant.parse("2027-04-01T00:00:00Z")).priceVersion())
        .isEqualTo("contract");
  }

  @Test
  void upgradeOfTheProductChangesNoCostOfWhatIsOpen() {
    // Given
    apply(Ledgers.policy(1, monthly("1")));
    ask("r-1");

    // When the product comes with other tables, also one of the same version by mistake
    ledger = new BudgetLedger(new PriceBook(List.of(flat("p1", "2026-11-01T00:00:00Z", "7"))));

    // Then
    assertThat(settle("r-1", 1_000)).isEqualTo(Money.of("0.001"));
  }

  @Test
  void priceOfTheAccountGoesBeforeTheTableAndShowsInTheVersion() {
    // Given
    apply(own(1, Map.of("test:cheap", price("3"))));
    Admission first = ask("r-1");

    // When the account's price changes while the request is open
    apply(own(2, Map.of("test:cheap", price("4"))));
    Admission second = ask("r-2");

    // Then
    assertThat(first.priceVersion()).startsWith("p1+own-").hasSize("p1+own-".length() + 16);
    assertThat(second.priceVersion()).startsWith("p1+own-").isNotEqualTo(first.priceVersion());
    assertThat(first.held()).isEqualTo(Ledgers.HOLD.times(3));
    assertThat(settle("r-1", 1_000)).isEqualTo(Money.of("0.003"));
    assertThat(settle("r-2", 1_000)).isEqualTo(Money.of("0.004"));
  }

  @Test
  void samePriceOfAnAccountHasTheSameVersionWhateverThePolicy() {
    apply(own(1, Map.of("test:cheap", price("3"))));
    String before = ask("r-1").priceVersion();
    apply(own(2, Map.of("test:cheap", price("3.00"), "test:strong", price("9"))));

    assertThat(ask("r-2").priceVersion()).isEqualTo(before);
  }

  @Test
  void accountCanPriceAModelThatTheTableDoesNotKnow() {
    Policy policy =
        new PolicyBuilder()
            .budgets(List.of(monthly("1")))
            .models(List.of(model("house")))
            .prices(Map.of("test:house", price("2")))
            .build();
    apply(policy);

    assertThat(ask("r-1").held()).isEqualTo(Ledgers.HOLD.times(2));
  }

  @Test
  void priceOfTheHourIsTheOneOfTheAdmission() {
    // Given a model that costs double from 22:00 to 06:00
    PriceSchedule schedule =
        new PriceSchedule(
            price("1"),
            List.of(
                new PriceSchedule.Change(
                    new When.Daily(LocalTime.of(22, 0), LocalTime.of(6, 0)), price("2"))));
    state.apply(
        new PriceTable(
            "hours",
            Instant.parse("2026-11-21T00:00:00Z"),
            "USD",
            Map.of("test:cheap", Optional.of(schedule)),
            Map.of()));
    apply(Ledgers.policy(1, monthly("1")));

    // When
    Admission day = ask("r-1", Instant.parse("2026-11-21T21:59:59Z"));
    Admission night = ask("r-2", Instant.parse("2026-11-21T22:00:00Z"));

    // Then
    assertThat(day.priceVersion()).isEqualTo("hours");
    assertThat(night.priceVersion()).startsWith("hours+dated-");
    assertThat(night.held()).isEqualTo(Ledgers.HOLD.times(2));
    assertThat(settle("r-1", 1_000)).isEqualTo(Money.of("0.001"));
    assertThat(settle("r-2", 1_000)).isEqualTo(Money.of("0.002"));
  }

  @Test
  void batchIsChargedWithItsDiscount() {
    ClassPrices classes = price("1").base();
    apply(own(1, Map.of("test:cheap", new ModelPrice(classes, List.of(), 50))));
    ask("r-1");

    Attempt batch =
        new Attempt(
            "test",
            "cheap",
            true,
            Optional.of(new TokenCounts(1_000, 0, 0, 0, 0)),
            OptionalInt.empty(),
            true);

    assertThat(settle("r-1", batch)).isEqualTo(Money.of("0.0005"));
  }

  @Test
  void refusalNamesTheModelsWithoutAPriceAndWhatToDo() {
    apply(
        Ledgers.policy(
            ACME, 1, "UTC", List.of(model("cheap"), model("new"), model("other")), monthly("1")));

    Refusal refusal = refusal(NOON);

    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.UNPRICED_MODEL);
    assertThat(refusal.message())
        .contains("test:new, test:other", "prices apply")
        .doesNotContain("test:cheap");
    assertThat(refusal(Instant.parse("2026-10-01T00:00:00Z")).message())
        .contains("no price table in USD is in force at 2026-10-01T00:00:00Z");
  }

  // ---- small things

  private void apply(Policy policy) {
    Decision<Boolean> decision =
        ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state);
    assertThat(decision.response()).isTrue();
    decision.facts().forEach(fact -> ledger.apply(fact, state));
  }

  private Admission ask(String id) {
    return ask(id, NOON);
  }

  private Admission ask(String id, Instant at) {
    Decision<AdmitResponse> decision =
        ledger.decide(
            new LedgerCommand.Admit(
                Ledgers.request(ACME, id, "ada", Optional.empty(), at), List.of()),
            state);
    decision.facts().forEach(fact -> ledger.apply(fact, state));
    assertThat(decision.response()).isInstanceOf(AdmitResponse.Admitted.class);
    return ((AdmitResponse.Admitted) decision.response()).admission();
  }

  private Refusal refusal(Instant at) {
    AdmitResponse response =
        ledger
            .decide(
                new LedgerCommand.Admit(
                    Ledgers.request(ACME, "refused", "ada", Optional.empty(), at), List.of()),
                state)
            .response();
    return ((AdmitResponse.Refused) response).refusal();
  }

  private Money settle(String id, long tokens) {
    return settle(id, Ledgers.cheap(tokens));
  }

  private Money settle(String id, Attempt attempt) {
    Decision<SettleResponse> decision =
        ledger.decide(
            new LedgerCommand.Settle(
                ACME, new RequestId(id), id + "#1", "n", List.of(attempt), true),
            state);
    decision.facts().forEach(fact -> ledger.apply(fact, state));
    return ((SettleResponse.Settled) decision.response()).cost();
  }

  private static Policy own(long version, Map<String, ModelPrice> prices) {
    return new PolicyBuilder(Ledgers.policy(version, monthly("1"))).prices(prices).build();
  }

  private static PriceTable flat(String version, String effective, String price) {
    return new PriceTable(
        version,
        Instant.parse(effective),
        "USD",
        Map.of("test:cheap", Optional.of(PriceSchedule.of(price(price)))),
        Map.of());
  }

  private static ModelPrice price(String price) {
    BigDecimal amount = new BigDecimal(price);
    return new ModelPrice(amount, amount, amount, amount, amount);
  }
}
