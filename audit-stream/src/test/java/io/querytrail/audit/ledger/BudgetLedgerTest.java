package io.querytrail.audit.ledger;

import static io.querytrail.audit.ledger.Ledgers.ACME;
import static io.querytrail.audit.ledger.Ledgers.HOLD;
import static io.querytrail.audit.ledger.Ledgers.budget;
import static io.querytrail.audit.ledger.Ledgers.cheap;
import static io.querytrail.audit.ledger.Ledgers.model;
import static io.querytrail.audit.ledger.Ledgers.monthly;
import static io.querytrail.audit.ledger.Ledgers.notSent;
import static io.querytrail.audit.ledger.Ledgers.paused;
import static io.querytrail.audit.ledger.Ledgers.policy;
import static io.querytrail.audit.ledger.Ledgers.request;
import static io.querytrail.audit.ledger.Ledgers.soft;
import static io.querytrail.audit.ledger.Ledgers.unreported;
import static io.querytrail.audit.ledger.Ledgers.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.ledger.Period.Kind;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.TokenCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetLedgerTest {
  private static final String SMALLEST = "0.000000000001";

  private final BudgetLedger ledger = new BudgetLedger(Ledgers.prices());
  private final MapLedgerState state = new MapLedgerState();
  private final List<LedgerFact> history = new ArrayList<>();

  // ---- admission

  @Test
  void admitsRequestThatLandsExactlyOnTheLimit() {
    apply(policy(1, monthly("0.006")));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(month().committed()).isEqualTo(month().limit());
  }

  @Test
  void refusesRequestThatWouldExceedBudgetByTheSmallestUnitWithAReceipt() {
    // Given
    Money limit = HOLD.minus(Money.of(SMALLEST));
    apply(policy(4, monthly(limit.toString())));

    // When
    Refusal refusal = refusal(ask("r-1"));

    // Then
    assertThat(refusal.reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
    Receipt receipt = refusal.receipt().orElseThrow();
    assertThat(receipt.asked()).isEqualTo(HOLD);
    assertThat(receipt.currency()).isEqualTo("USD");
    assertThat(receipt.policyVersion()).isEqualTo(4);
    assertThat(receipt.balance().limit()).isEqualTo(limit);
    assertThat(receipt.balance().settled()).isEqualTo(Money.ZERO);
    assertThat(receipt.balance().held()).isEqualTo(Money.ZERO);
    assertThat(receipt.balance().key().periodName()).isEqualTo("2026-11");
    assertThat(refusal.message()).contains("acme").contains(limit.toString()).contains("0.006");
    assertThat(state.balances()).as("nothing is held").isEmpty();
  }

  @Test
  void refusesHoldThatIsLargerThanWhatIsLeftAndDoesNotShrinkIt() {
    // Given 0.010, of which one hold of 0.006 is out
    apply(policy(1, monthly("0.010")));
    ask("r-1");

    // When
    Refusal refusal = refusal(ask("r-2"));

    // Then
    assertThat(refusal.receipt().orElseThrow().balance().held()).isEqualTo(HOLD);
    assertThat(month().held()).isEqualTo(HOLD);
  }

  @Test
  void admitsNoMoreRequestsAtOnceThanTheBudgetCanPayFor() {
    // Given room for exactly three holds
    apply(policy(1, monthly("0.018")));

    // When ten are asked before any is answered
    long admitted =
        IntStream.range(0, 10)
            .mapToObj(i -> ask("r-" + i))
            .filter(AdmitResponse.Admitted.class::isInstance)
            .count();

    // Then
    assertThat(admitted).isEqualTo(3);
    assertThat(month().committed()).isEqualTo(month().limit());
    assertThat(month().openHolds()).isEqualTo(3);
  }

  @Test
  void holdsEverySendAtTheDearestCandidate() {
    apply(policy(ACME, 1, "UTC", List.of(model("cheap"), model("strong")), monthly("1")));

    AdmitResponse.Admitted admitted = (AdmitResponse.Admitted) ask("r-1");

    assertThat(admitted.admission().sendCeiling()).isEqualTo(Money.of("0.02"));
    assertThat(admitted.admission().held()).isEqualTo(Money.of("0.06"));
  }

  @Test
  void honoursThePreferredTier() {
    apply(policy(ACME, 1, "UTC", List.of(model("cheap"), model("strong")), monthly("1")));

    AdmitResponse.Admitted admitted =
        (AdmitResponse.Admitted) admit(Ledgers.ofTier(request("r-1"), "cheap"), List.of());

    assertThat(admitted.admission().candidates()).containsExactly(model("cheap"));
    assertThat(admitted.admission().held()).isEqualTo(HOLD);
    apply(policy(ACME, 2, "UTC", List.of(model("cheap")), monthly("1")));
    assertThat(refusal(admit(Ledgers.ofTier(request("r-2"), "strong"), List.of())).reason())
        .isEqualTo(Reason.NO_MODEL_IN_TIER);
  }

  @Test
  void admitsEveryTierWhereThePolicyDoesNotHonourAPreference() {
    apply(
        Ledgers.routed(
            policy(ACME, 1, "UTC", List.of(model("cheap"), model("strong")), monthly("1")),
            new Routing(Routing.Mode.ORDER, false, Optional.empty(), Optional.empty())));

    AdmitResponse.Admitted admitted =
        (AdmitResponse.Admitted) admit(Ledgers.ofTier(request("r-1"), "cheap"), List.of());

    assertThat(admitted.admission().candidates()).containsExactly(model("cheap"), model("strong"));
  }

  @Test
  void refusesModelWithoutAPriceBecauseItIsNotFree() {
    apply(policy(ACME, 1, "UTC", List.of(model("cheap"), model("new")), monthly("100")));

    assertThat(refusal(ask("r-1")).reason()).isEqualTo(Reason.UNPRICED_MODEL);
  }

  @Test
  void refusesWhereNoPriceIsInForceYetOrInAnotherCurrency() {
    // Given a request of before the first table
    apply(policy(1, monthly("100")));
    Request early =
        request(ACME, "r-1", "ada", Optional.empty(), Instant.parse("2026-10-31T23:59:59Z"));
    BudgetLedger inEuro =
        new BudgetLedger(new PriceBook(List.of(Ledgers.table("p1", "2026-11-01", "EUR"))));

    // When / Then
    assertThat(refusal(admit(early, List.of())).reason()).isEqualTo(Reason.UNPRICED_MODEL);
    assertThat(
            refusal(
                    inEuro
                        .decide(new LedgerCommand.Admit(request("r-2"), List.of()), state)
                        .response())
                .reason())
        .isEqualTo(Reason.UNPRICED_MODEL);
  }

  @Test
  void modelThatIsFreeIsAdmittedOnABudgetOfNothing() {
    apply(policy(ACME, 1, "UTC", List.of(model("free")), monthly("0")));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Admitted.class);
  }

  @Test
  void refusesInTheOrderDefectAccountPauseDatasource() {
    assertThat(refusal(ask("r-1")).reason()).isEqualTo(Reason.UNKNOWN_ACCOUNT);
    assertThat(refusal(admit(request("r-2"), List.of("question is empty"))))
        .satisfies(refusal -> {
          assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
          assertThat(refusal.message()).isEqualTo("question is empty");
        });
    apply(policy(1, monthly("1")));
    assertThat(refusal(admit(at(request("r-3"), "warehouse"), List.of())))
        .satisfies(refusal -> {
          assertThat(refusal.reason()).isEqualTo(Reason.UNKNOWN_DATASOURCE);
          assertThat(refusal.message()).contains("warehouse").contains("shop").contains("crm");
        });
    apply(paused(policy(1, monthly("1")), 2));
    assertThat(refusal(ask("r-4")).reason()).isEqualTo(Reason.ACCOUNT_PAUSED);
  }

  @Test
  void budgetOfAnyScopeCanRefuse() {
    // Given
    apply(
        policy(
            1,
            monthly("1"),
            budget(BudgetScope.USER, "*", Kind.DAY, "0.006"),
            budget(BudgetScope.DATASOURCE, "crm", Kind.TOTAL, "0")));

    // When / Then
    assertThat(refusal(admit(at(request("r-1"), "crm"), List.of())))
        .satisfies(refusal ->
            assertThat(refusal.receipt().orElseThrow().balance().key().scope())
                .isEqualTo(BudgetScope.DATASOURCE));
    assertThat(ask("r-2")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(refusal(ask("r-3")).receipt().orElseThrow().balance().key())
        .isEqualTo(new BudgetKey(ACME, BudgetScope.USER, "ada", Kind.DAY, "2026-11-21"));
    assertThat(ask("r-4", "bob", Ledgers.NOON))
        .as("another user has a budget of their own")
        .isInstanceOf(AdmitResponse.Admitted.class);
  }

  @Test
  void softBudgetCountsAndRefusesNothing() {
    apply(policy(1, soft(monthly("0.001"))));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(month().held()).isEqualTo(HOLD);
  }

  @Test
  void ruleThatNamesAUserGoesBeforeTheOneForEach() {
    // Given, in either order
    BudgetRule each = budget(BudgetScope.USER, "*", Kind.MONTH, "0.006");
    BudgetRule ada = budget(BudgetScope.USER, "ada", Kind.MONTH, "0.012");
    apply(policy(1, each, ada));

    // When / Then
    assertThat(ask("a-1")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(ask("a-2")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(ask("b-1", "bob", Ledgers.NOON)).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(refusal(ask("b-2", "bob", Ledgers.NOON)).reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
    apply(policy(2, ada, each));
    assertThat(refusal(ask("a-3")).receipt().orElseThrow().balance().limit())
        .isEqualTo(Money.of("0.012"));
  }

  @Test
  void ruleThatNamesAUserMayBeTheStricterOne() {
    apply(
        policy(
            1,
            budget(BudgetScope.USER, "*", Kind.MONTH, "1"),
            budget(BudgetScope.USER, "ada", Kind.MONTH, "0")));

    assertThat(refusal(ask("r-1")).reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
  }

  @Test
  void requestOutsideAnyTeamIsUnderNoTeamBudget() {
    apply(policy(1, budget(BudgetScope.TEAM, "*", Kind.MONTH, "0")));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(
            refusal(
                    admit(
                        request(ACME, "r-2", "ada", Optional.of("sales"), Ledgers.NOON), List.of()))
                .reason())
        .isEqualTo(Reason.BUDGET_EXCEEDED);
  }

  // ---- budgets of models

  @Test
  void budgetOfAModelHoldsThatModelsOwnCeiling() {
    // Given
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("cheap"), model("strong")),
            monthly("1"),
            budget(BudgetScope.MODEL, "*", Kind.MONTH, "0.06"),
            budget(BudgetScope.MODEL, "test:cheap", Kind.DAY, "0.006")));

    // When
    AdmitResponse.Admitted admitted = (AdmitResponse.Admitted) ask("r-1");

    // Then each lands exactly on its limit
    assertThat(admitted.admission().candidates()).containsExactly(model("cheap"), model("strong"));
    assertThat(admitted.admission().holds())
        .containsExactlyInAnyOrder(
            new Hold(month().key(), Money.of("0.06")),
            new Hold(modelKey("test:cheap", Kind.DAY, "2026-11-21"), HOLD),
            new Hold(modelKey("test:cheap", Kind.MONTH, "2026-11"), HOLD),
            new Hold(modelKey("test:strong", Kind.MONTH, "2026-11"), Money.of("0.06")));
  }

  @Test
  void modelThatDoesNotFitItsBudgetIsDroppedAndTheOthersServe() {
    // Given a strong model that is one smallest unit too dear
    Money tooLittle = Money.of("0.06").minus(Money.of(SMALLEST));
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("strong"), model("cheap")),
            monthly("0.006"),
            budget(BudgetScope.MODEL, "test:strong", Kind.DAY, tooLittle.toString())));

    // When
    AdmitResponse.Admitted admitted = (AdmitResponse.Admitted) ask("r-1");

    // Then the account holds for the cheap one alone
    assertThat(admitted.admission().candidates()).containsExactly(model("cheap"));
    assertThat(admitted.admission().held()).isEqualTo(HOLD);
    assertThat(state.balance(modelKey("test:strong", Kind.DAY, "2026-11-21"))).isEmpty();
  }

  @Test
  void refusesWithTheReceiptOfAModelsBudgetWhenNoModelIsLeft() {
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("strong"), model("cheap")),
            monthly("1"),
            budget(BudgetScope.MODEL, "*", Kind.DAY, "0")));

    Refusal refusal = refusal(ask("r-1"));

    assertThat(refusal.reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
    Receipt receipt = refusal.receipt().orElseThrow();
    assertThat(receipt.balance().key()).isEqualTo(modelKey("test:strong", Kind.DAY, "2026-11-21"));
    assertThat(receipt.asked()).isEqualTo(Money.of("0.06"));
    assertThat(refusal.message()).contains("model test:strong");
    assertThat(state.balances()).as("nothing is held anywhere").isEmpty();
  }

  @Test
  void settlesInEachModelsBudgetWhatItsOwnAttemptsCost() {
    // Given
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("cheap"), model("strong")),
            monthly("1"),
            budget(BudgetScope.MODEL, "*", Kind.MONTH, "1")));
    ask("r-1");

    // When
    settle("r-1", "n-1", used("cheap", 100), unreported("cheap"), used("strong", 10));

    // Then an attempt without usage is charged at the ceiling of its own model
    assertThat(balanceOfModel("test:cheap", "2026-11").settled()).isEqualTo(Money.of("0.0021"));
    assertThat(balanceOfModel("test:strong", "2026-11").settled()).isEqualTo(Money.of("0.0001"));
    assertThat(month().settled()).isEqualTo(Money.of("0.0022"));
    assertThat(state.balances().values())
        .allSatisfy(balance -> {
          assertThat(balance.held()).isEqualTo(Money.ZERO);
          assertThat(balance.openHolds()).isZero();
        });
  }

  @Test
  void modelThatStandsTwiceInTheListIsHeldOnce() {
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("cheap"), model("cheap")),
            budget(BudgetScope.MODEL, "test:cheap", Kind.MONTH, "0.006")));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Admitted.class);
    assertThat(balanceOfModel("test:cheap", "2026-11").held()).isEqualTo(HOLD);
  }

  // ---- duplicates

  @Test
  void sameRequestAgainIsNeitherAnsweredNorHeldTwice() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    int facts = history.size();

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Repeated.class);
    settle("r-1", "n-1", cheap(10));
    assertThat(ask("r-1")).as("after its verdict").isInstanceOf(AdmitResponse.Repeated.class);
    assertThat(history).hasSize(facts + 1);
    assertThat(month().held()).isEqualTo(Money.ZERO);
  }

  @Test
  void otherContentUnderTheSameIdIsAConflictAndChangesNothing() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    MapLedgerState before = replayed();

    assertThat(admit(otherContent("r-1"), List.of())).isInstanceOf(AdmitResponse.Conflicting.class);
    assertThat(state).isEqualTo(before);
  }

  @Test
  void refusedRequestKeepsItsOneVerdict() {
    ask("r-1");
    apply(policy(1, monthly("1")));

    assertThat(ask("r-1")).isInstanceOf(AdmitResponse.Repeated.class);
    assertThat(admit(otherContent("r-1"), List.of())).isInstanceOf(AdmitResponse.Conflicting.class);
  }

  // ---- settlement

  @Test
  void settlingGivesTheRestOfTheHoldBack() {
    // Given
    apply(policy(1, monthly("0.006")));
    ask("r-1");

    // When
    SettleResponse response = settle("r-1", "n-1", cheap(500), cheap(250));

    // Then
    assertThat(response)
        .isInstanceOfSatisfying(
            SettleResponse.Settled.class,
            settled -> {
              assertThat(settled.cost()).isEqualTo(Money.of("0.00075"));
              assertThat(settled.charges())
                  .containsExactly(
                      new Charge(Money.of("0.0005"), false),
                      new Charge(Money.of("0.00025"), false));
            });
    assertThat(month().settled()).isEqualTo(Money.of("0.00075"));
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(month().openHolds()).isZero();
  }

  @Test
  void chargesTheCeilingForAnAttemptWithoutUsageAndSaysThatItIsAnEstimate() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    SettleResponse.Settled settled =
        (SettleResponse.Settled) settle("r-1", "n-1", unreported(), cheap(1));

    assertThat(settled.charges())
        .containsExactly(
            new Charge(Money.of("0.002"), true), new Charge(Money.of("0.000001"), false));
  }

  @Test
  void chargesNothingForACallThatWasTurnedAwayBeforeAnyTokenWasMade() {
    apply(policy(1, monthly("1")));

    for (int status : new int[] {400, 401, 403, 404, 413, 429}) {
      String id = "r-" + status;
      ask(id);
      SettleResponse.Settled settled =
          (SettleResponse.Settled) settle(id, "n", Ledgers.answered(status));
      assertThat(settled.charges()).containsExactly(new Charge(Money.ZERO, false));
    }
  }

  @Test
  void chargesTheCeilingWhereAFailureProvesNothing() {
    apply(policy(1, monthly("1")));

    for (int status : new int[] {200, 302, 408, 500, 502, 503, 529}) {
      String id = "r-" + status;
      ask(id);
      SettleResponse.Settled settled =
          (SettleResponse.Settled) settle(id, "n", Ledgers.answered(status));
      assertThat(settled.charges()).containsExactly(new Charge(Money.of("0.002"), true));
    }
  }

  @Test
  void chargesReportedUsageWhateverTheStatus() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    Attempt attempt =
        new Attempt(
            "test",
            "cheap",
            true,
            Optional.of(new TokenCounts(7, 0, 0, 0, 0)),
            OptionalInt.of(429),
            false);

    assertThat(((SettleResponse.Settled) settle("r-1", "n", attempt)).charges())
        .containsExactly(new Charge(Money.of("0.000007"), false));
  }

  @Test
  void chargesTheCeilingForAModelThatHasNoPrice() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    SettleResponse.Settled settled =
        (SettleResponse.Settled) settle("r-1", "n-1", used("surprise", 5));

    assertThat(settled.charges()).containsExactly(new Charge(Money.of("0.002"), true));
  }

  @Test
  void chargesNothingForWhatWasNotSent() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    SettleResponse.Settled settled = (SettleResponse.Settled) settle("r-1", "n-1", notSent());

    assertThat(settled.cost()).isEqualTo(Money.ZERO);
    assertThat(month().committed()).isEqualTo(Money.ZERO);
  }

  @Test
  void pricesByTheTableOfTheAdmission() {
    // Given a request of the last day of the first table
    apply(policy(1, monthly("1")));
    ask("r-1", "ada", Instant.parse("2027-02-28T23:59:59Z"));
    ask("r-2", "ada", Instant.parse("2027-03-01T00:00:00Z"));

    // Then
    assertThat(open("r-1").admission().priceVersion()).isEqualTo("p1");
    assertThat(open("r-2").admission().priceVersion()).isEqualTo("p2");
  }

  @Test
  void settlesInTheMonthOfTheAdmission() {
    // Given
    apply(policy(1, monthly("0.006")));
    ask("nov", "ada", Instant.parse("2026-11-30T23:59:59.999Z"));

    // When it is answered in December, after a December request was admitted
    assertThat(ask("dec", "ada", Instant.parse("2026-12-01T00:00:00Z")))
        .as("a new month has its whole limit")
        .isInstanceOf(AdmitResponse.Admitted.class);
    settle("nov", "n-1", cheap(600));

    // Then
    assertThat(balance("2026-11").settled()).isEqualTo(Money.of("0.0006"));
    assertThat(balance("2026-11").held()).isEqualTo(Money.ZERO);
    assertThat(balance("2026-12").settled()).isEqualTo(Money.ZERO);
    assertThat(balance("2026-12").held()).isEqualTo(HOLD);
  }

  @Test
  void unknownRequestCannotBeSettled() {
    apply(policy(1, monthly("1")));

    assertThat(settle("never", "n-1", cheap(1))).isInstanceOf(SettleResponse.Unknown.class);
    admit(at(request("refused"), "warehouse"), List.of());
    assertThat(settle("refused", "n-1", cheap(1))).isInstanceOf(SettleResponse.Unknown.class);
  }

  // ---- corrections

  @Test
  void secondDispatchIsChargedOnceAndTheSameOneAgainNotAtAll() {
    // Given
    apply(policy(1, monthly("1")));
    ask("r-1");
    settle("r-1", "n-1", cheap(100));

    // When
    SettleResponse second = settle("r-1", "n-2", cheap(30));

    // Then
    assertThat(second)
        .isInstanceOfSatisfying(
            SettleResponse.Corrected.class,
            corrected -> assertThat(corrected.delta()).isEqualTo(Money.of("0.00003")));
    assertThat(settle("r-1", "n-2", cheap(30))).isInstanceOf(SettleResponse.Repeated.class);
    assertThat(settle("r-1", "n-1", cheap(100))).isInstanceOf(SettleResponse.Repeated.class);
    assertThat(month().settled()).isEqualTo(Money.of("0.00013"));
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(state.request(ACME, new RequestId("r-1")))
        .hasValueSatisfying(request ->
            assertThat(((RequestState.Closed) request).cost()).isEqualTo(Money.of("0.00013")));
  }

  @Test
  void reportOfAnAdmissionThatNeverWasIsUnknown() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    assertThat(report("r-1", 2, "n-1", true, cheap(1))).isInstanceOf(SettleResponse.Unknown.class);
    assertThat(interrupt("r-1", 2)).isInstanceOf(ReleaseResponse.Unknown.class);
    assertThat(interrupt("never", 1)).isInstanceOf(ReleaseResponse.Unknown.class);
    assertThat(month().held()).isEqualTo(HOLD);
  }

  // ---- interruptions

  @Test
  void interruptionChargesTheWholeHoldAndAdmitsTheRequestAnew() {
    // Given
    apply(policy(1, monthly("0.012")));
    ask("r-1");
    apply(policy(2, monthly("0.012")));
    Instant later = Instant.parse("2026-11-21T13:00:00Z");

    // When
    ReleaseResponse response = interrupt("r-1", 1, later);

    // Then
    assertThat(response)
        .isInstanceOfSatisfying(
            ReleaseResponse.Readmitted.class,
            again -> {
              assertThat(again.admission().id()).isEqualTo("r-1#2");
              assertThat(again.admission().number()).isEqualTo(2);
              assertThat(again.admission().policyVersion()).isEqualTo(2);
              assertThat(again.admission().deadline()).isEqualTo(later.plusSeconds(120));
              assertThat(again.datasource().name()).isEqualTo("shop");
            });
    assertThat(month().settled()).isEqualTo(HOLD);
    assertThat(month().held()).isEqualTo(HOLD);
    assertThat(month().openHolds()).isEqualTo(1);
  }

  @Test
  void interruptedRequestEndsWhereAnotherTryDoesNotFitBesideTheCharge() {
    // Given room for one hold, and one unit less than two
    Money limit = HOLD.plus(HOLD).minus(Money.of(SMALLEST));
    apply(policy(1, monthly(limit.toString())));
    ask("r-1");

    // When
    ReleaseResponse response = interrupt("r-1", 1);

    // Then
    assertThat(response)
        .isInstanceOfSatisfying(
            ReleaseResponse.Ended.class,
            ended -> {
              assertThat(ended.cost()).isEqualTo(HOLD);
              assertThat(ended.why()).contains(limit.toString()).contains("0.006 ");
              assertThat(ended.attempts())
                  .hasSize(3)
                  .allSatisfy(attempt ->
                      assertThat(attempt.charge()).isEqualTo(new Charge(Money.of("0.002"), true)));
            });
    assertThat(month().settled()).isEqualTo(HOLD);
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(state.request(ACME, new RequestId("r-1")))
        .containsInstanceOf(RequestState.Closed.class);
  }

  @Test
  void requestIsAdmittedThreeTimesAtMost() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    assertThat(interrupt("r-1", 1)).isInstanceOf(ReleaseResponse.Readmitted.class);
    assertThat(interrupt("r-1", 2)).isInstanceOf(ReleaseResponse.Readmitted.class);
    assertThat(interrupt("r-1", 3))
        .isInstanceOfSatisfying(
            ReleaseResponse.Ended.class,
            ended -> {
              assertThat(ended.cost()).isEqualTo(HOLD.times(BudgetLedger.MAX_ADMISSIONS));
              assertThat(ended.attempts()).hasSize(9);
            });
    assertThat(month().settled()).isEqualTo(HOLD.times(3));
    assertThat(month().openHolds()).isZero();
  }

  @Test
  void pausedAccountIsNotAdmittedAnew() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    apply(paused(policy(1, monthly("1")), 2));

    assertThat(interrupt("r-1", 1))
        .isInstanceOfSatisfying(
            ReleaseResponse.Ended.class, ended -> assertThat(ended.why()).contains("paused"));
  }

  @Test
  void laterAdmissionBelongsToThePeriodInWhichItIsMade() {
    apply(policy(1, monthly("0.006")));
    ask("r-1", "ada", Instant.parse("2026-11-30T23:59:59Z"));

    assertThat(interrupt("r-1", 1, Instant.parse("2026-12-01T00:00:00Z")))
        .isInstanceOf(ReleaseResponse.Readmitted.class);

    assertThat(balance("2026-11").settled()).isEqualTo(HOLD);
    assertThat(balance("2026-11").held()).isEqualTo(Money.ZERO);
    assertThat(balance("2026-12").held()).isEqualTo(HOLD);
  }

  @Test
  void verdictAfterAnInterruptionCostsBothAdmissions() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    interrupt("r-1", 1);

    assertThat(report("r-1", 2, "n-2", true, cheap(10)))
        .isInstanceOfSatisfying(
            SettleResponse.Settled.class,
            settled -> {
              assertThat(settled.cost()).isEqualTo(Money.of("0.00601"));
              assertThat(settled.earlier()).hasSize(3);
              assertThat(settled.charges()).hasSize(1);
            });
    assertThat(month().settled()).isEqualTo(Money.of("0.00601"));
    assertThat(month().held()).isEqualTo(Money.ZERO);
  }

  @Test
  void laterReportTakesTheAssumptionBack() {
    // Given
    apply(policy(1, monthly("1")));
    ask("r-1");
    interrupt("r-1", 1);
    report("r-1", 2, "n-2", true, cheap(10));

    // When it turns out that nothing was ever sent
    SettleResponse late = report("r-1", 1, "n-1", false, notSent());

    // Then
    assertThat(late)
        .isInstanceOfSatisfying(
            SettleResponse.Corrected.class,
            corrected -> {
              assertThat(corrected.delta()).isEqualTo(HOLD.negated());
              assertThat(corrected.late()).isTrue();
            });
    assertThat(month().settled()).isEqualTo(Money.of("0.00001"));
    assertThat(report("r-1", 1, "n-1", false, notSent()))
        .isInstanceOf(SettleResponse.Repeated.class);
    assertThat(report("r-1", 1, "n-3", true, cheap(5)))
        .as("another dispatch of the same admission is paid on top")
        .isInstanceOfSatisfying(
            SettleResponse.Corrected.class,
            corrected -> {
              assertThat(corrected.delta()).isEqualTo(Money.of("0.000005"));
              assertThat(corrected.late()).isFalse();
            });
  }

  @Test
  void lateAnswerOfAnEarlierAdmissionIsTheVerdictAndTheLaterOneACorrection() {
    // Given
    apply(policy(1, monthly("1")));
    ask("r-1");
    interrupt("r-1", 1);

    // When
    SettleResponse first = report("r-1", 1, "n-1", true, cheap(100));

    // Then the later admission still holds its money
    assertThat(first)
        .isInstanceOfSatisfying(
            SettleResponse.Settled.class,
            settled -> {
              assertThat(settled.admission().id()).isEqualTo("r-1#1");
              assertThat(settled.cost()).isEqualTo(Money.of("0.0001"));
              assertThat(settled.earlier()).isEmpty();
            });
    assertThat(month().settled()).isEqualTo(Money.of("0.0001"));
    assertThat(month().held()).isEqualTo(HOLD);
    assertThat(month().openHolds()).isEqualTo(1);

    // When
    SettleResponse second = report("r-1", 2, "n-2", true, cheap(7));

    // Then
    assertThat(second)
        .isInstanceOfSatisfying(
            SettleResponse.Corrected.class,
            corrected -> assertThat(corrected.delta()).isEqualTo(Money.of("0.000007")));
    assertThat(month().settled()).isEqualTo(Money.of("0.000107"));
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(month().openHolds()).isZero();
  }

  @Test
  void lateFailureOfAnEarlierAdmissionLeavesTheLaterOneItsChance() {
    // Given
    apply(policy(1, monthly("1")));
    ask("r-1");
    interrupt("r-1", 1);

    // When / Then
    assertThat(report("r-1", 1, "n-1", false, cheap(3))).isInstanceOf(SettleResponse.Noted.class);
    assertThat(month().settled()).isEqualTo(Money.of("0.000003"));
    assertThat(report("r-1", 2, "n-2", true, cheap(4)))
        .isInstanceOfSatisfying(
            SettleResponse.Settled.class,
            settled -> {
              assertThat(settled.cost()).isEqualTo(Money.of("0.000007"));
              assertThat(settled.earlier())
                  .containsExactly(
                      new PaidAttempt(cheap(3), new Charge(Money.of("0.000003"), false)));
            });
  }

  @Test
  void interruptionOfAnAdmissionThatIsStillOutAfterTheVerdictIsACorrection() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    interrupt("r-1", 1);
    report("r-1", 1, "n-1", true, cheap(100));

    assertThat(interrupt("r-1", 2))
        .isInstanceOfSatisfying(
            ReleaseResponse.Corrected.class,
            corrected -> {
              assertThat(corrected.delta()).isEqualTo(HOLD);
              assertThat(corrected.attempts()).hasSize(3);
            });
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(interrupt("r-1", 2)).isInstanceOf(ReleaseResponse.Ignored.class);
  }

  @Test
  void interruptionOfWhatWasReportedOrInterruptedBeforeChangesNothing() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    settle("r-1", "n-1", cheap(1));
    ask("r-2");
    interrupt("r-2", 1);
    int facts = history.size();

    assertThat(interrupt("r-1", 1)).isInstanceOf(ReleaseResponse.Ignored.class);
    assertThat(interrupt("r-2", 1)).isInstanceOf(ReleaseResponse.Ignored.class);
    assertThat(history).hasSize(facts);
  }

  @Test
  void interruptionChargesEachModelsBudgetItsOwnHold() {
    apply(
        policy(
            ACME,
            1,
            "UTC",
            List.of(model("cheap"), model("strong")),
            monthly("1"),
            budget(BudgetScope.MODEL, "*", Kind.MONTH, "1")));
    ask("r-1");
    ReleaseResponse.Readmitted again = (ReleaseResponse.Readmitted) interrupt("r-1", 1);
    assertThat(balanceOfModel("test:cheap", "2026-11").settled()).isEqualTo(HOLD);
    assertThat(balanceOfModel("test:strong", "2026-11").settled()).isEqualTo(Money.of("0.06"));

    report("r-1", 1, "n-1", false, used("cheap", 5));
    report("r-1", again.admission().number(), "n-2", true, used("strong", 1));

    assertThat(balanceOfModel("test:cheap", "2026-11").settled()).isEqualTo(Money.of("0.000005"));
    assertThat(balanceOfModel("test:strong", "2026-11").settled()).isEqualTo(Money.of("0.00001"));
    assertThat(month().settled()).isEqualTo(Money.of("0.000015"));
  }

  @Test
  void thresholdsAreAlertedByAnAssumptionToo() {
    apply(policy(1, soft(monthly("0.006"))));
    ask("r-1");
    int before = history.size();

    interrupt("r-1", 1);

    assertThat(percents(history.subList(before, history.size()))).containsExactly(50, 90, 100);
    assertThat(history.getLast()).isInstanceOf(LedgerFact.Held.class);
  }

  // ---- expiry

  @Test
  void expiredRequestIsChargedItsHoldAndEnds() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    assertThat(expire("r-1", 1, Ledgers.NOON.plusSeconds(120)))
        .isInstanceOfSatisfying(
            ReleaseResponse.Ended.class, ended -> assertThat(ended.cost()).isEqualTo(HOLD));
    assertThat(month().settled()).isEqualTo(HOLD);
    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(settle("r-1", "n-1", cheap(10)))
        .as("a late answer corrects the charge")
        .isInstanceOfSatisfying(
            SettleResponse.Corrected.class,
            corrected -> assertThat(corrected.delta()).isEqualTo(Money.of("0.00001").minus(HOLD)));
    assertThat(month().settled()).isEqualTo(Money.of("0.00001"));
  }

  @Test
  void nothingExpiresBeforeItsDeadline() {
    apply(policy(1, monthly("1")));
    ask("r-1");

    assertThatThrownBy(() -> expire("r-1", 1, Ledgers.NOON.plusSeconds(120).minusMillis(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("r-1#1");
  }

  @Test
  void expiryOfWhatWasAnsweredChangesNothing() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    settle("r-1", "n-1", cheap(1));

    assertThat(expire("r-1", 1, Ledgers.NOON.plusSeconds(300)))
        .isInstanceOf(ReleaseResponse.Ignored.class);
  }

  // ---- alerts and breaches

  @Test
  void alertsOnceForEachThresholdAlsoWhenLandingExactlyOnIt() {
    // Given thresholds of 50, 90 and 100 percent of 0.01
    apply(policy(1, soft(monthly("0.01"))));

    // When / Then
    assertThat(alertsOf("r-1", 4_999)).isEmpty();
    assertThat(alertsOf("r-2", 1)).containsExactly(50);
    assertThat(alertsOf("r-3", 1)).isEmpty();
    apply(policy(2, soft(monthly("1"))));
    apply(policy(3, soft(monthly("0.01"))));
    assertThat(alertsOf("r-4", 1)).as("a changed limit repeats nothing").isEmpty();
  }

  @Test
  void alertsAllThresholdsThatOneRequestPasses() {
    apply(policy(1, soft(monthly("0.01"))));

    assertThat(alertsOf("r-1", 10_000)).containsExactly(50, 90, 100);
    assertThat(alertsOf("r-2", 10_000)).isEmpty();
  }

  @Test
  void alertsAnewInTheNextMonth() {
    apply(policy(1, soft(monthly("0.001"))));

    assertThat(alertsOf("r-1", 500)).containsExactly(50);
    ask("r-2", "ada", Instant.parse("2026-12-01T00:00:00Z"));
    assertThat(percents(settleFacts("r-2", "n", cheap(500)))).containsExactly(50);
  }

  @Test
  void declaresABreachWhenMoreWasUsedThanEverPromised() {
    // Given
    apply(policy(1, monthly("0.006")));
    ask("r-1");

    // When the provider breaks its own ceiling
    List<LedgerFact> facts = settleFacts("r-1", "n-1", cheap(6_001));

    // Then
    assertThat(facts)
        .filteredOn(LedgerFact.Breached.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            LedgerFact.Breached.class,
            breached -> assertThat(breached.balance().settled()).isEqualTo(Money.of("0.006001")));
    assertThat(refusal(ask("r-2")).reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
  }

  @Test
  void declaresNoBreachOfASoftBudget() {
    apply(policy(1, soft(monthly("0.001"))));
    ask("r-1");

    assertThat(settleFacts("r-1", "n-1", cheap(9_000)))
        .noneMatch(LedgerFact.Breached.class::isInstance);
  }

  // ---- policies

  @Test
  void limitLoweredBelowWhatIsSpentAdmitsNothingUntilItFitsAndBreaksNothingElse() {
    // Given two open holds of 0.006
    apply(policy(1, monthly("1")));
    ask("r-1");
    ask("r-2");

    // When
    apply(policy(2, monthly("0.008")));

    // Then
    assertThat(refusal(ask("r-3")).receipt().orElseThrow().balance().limit())
        .isEqualTo(Money.of("0.008"));
    assertThat(settleFacts("r-1", "n-1", cheap(1_000)))
        .as("what was promised before may be spent")
        .noneMatch(LedgerFact.Breached.class::isInstance);
    assertThat(refusal(ask("r-4")).reason()).isEqualTo(Reason.BUDGET_EXCEEDED);
    settle("r-2", "n-1", cheap(1_000));
    assertThat(ask("r-5"))
        .as("0.002 spent, 0.006 asked")
        .isInstanceOf(AdmitResponse.Admitted.class);
  }

  @Test
  void budgetThatAPolicyDropsIsStillSettled() {
    apply(policy(1, monthly("0.01")));
    ask("r-1");
    apply(policy(2));

    settle("r-1", "n-1", cheap(10));

    assertThat(month().held()).isEqualTo(Money.ZERO);
    assertThat(month().settled()).isEqualTo(Money.of("0.00001"));
    assertThat(ask("r-2")).isInstanceOf(AdmitResponse.Admitted.class);
  }

  @Test
  void refusesPolicyThatIsNotNewer() {
    apply(policy(3, monthly("1")));

    assertThat(refusalOf(policy(3, monthly("2")))).contains("version 3 is in force");
    assertThat(refusalOf(policy(2, monthly("2")))).contains("2 is not newer");
    assertThat(state.account(ACME).policy().orElseThrow().budgets().getFirst().limit())
        .isEqualTo(Money.of("1"));
  }

  @Test
  void refusesChangeOfCurrency() {
    apply(policy(1, monthly("1")));
    Policy euro = new PolicyBuilder().version(2).currency("EUR").build();

    assertThat(refusalOf(euro)).contains("USD").contains("EUR");
  }

  @Test
  void refusesTwoBudgetsForTheSame() {
    assertThat(refusalOf(policy(1, monthly("1"), monthly("2")))).contains("two budgets");
    assertThat(
            refusalOf(
                policy(
                    1,
                    budget(BudgetScope.ACCOUNT, "*", Kind.MONTH, "1"),
                    budget(BudgetScope.ACCOUNT, "acme", Kind.MONTH, "2"))))
        .as("an account's own budget by either key")
        .contains("two budgets");
    apply(
        policy(
            1,
            budget(BudgetScope.USER, "*", Kind.MONTH, "1"),
            budget(BudgetScope.USER, "ada", Kind.MONTH, "2"),
            budget(BudgetScope.USER, "ada", Kind.DAY, "2")));
    assertThat(state.account(ACME).policy()).isPresent();
  }

  @Test
  void policyThatCannotWorkIsNamedByWhatIsWrong() {
    assertThatThrownBy(() -> policy(0)).hasMessageContaining("version is 0");
    assertThatThrownBy(() -> policy(ACME, 1, "UTC", List.of())).hasMessageContaining("models");
    assertThatThrownBy(() -> monthly("-1")).hasMessageContaining("limit is -1");
    assertThatThrownBy(() ->
            new BudgetRule(BudgetScope.ACCOUNT, "*", Kind.MONTH, Money.ZERO, true, List.of(50, 0)))
        .hasMessageContaining("thresholds");
    assertThatThrownBy(() -> budget(BudgetScope.MODEL, "cheap", Kind.DAY, "1"))
        .hasMessageContaining("provider:model");
    assertThatThrownBy(() -> new DatasourceRule("shop", List.of(), 1, SafetyRules.NONE))
        .hasMessageContaining("no schemas");
  }

  @Test
  void unreadablePolicyIsRefusedWithItsReasonAndANumber() {
    Decision<Boolean> decision = ledger.refusePolicy(ACME, 9, "timeZone is 'Mars'", state);

    assertThat(decision.response()).isFalse();
    assertThat(decision.facts())
        .containsExactly(new LedgerFact.PolicyRefused(1, ACME, 9, "timeZone is 'Mars'"));
  }

  @Test
  void admissionIsChargedByItsPriceWhenItsTableIsGone() {
    apply(policy(1, monthly("1")));
    ask("r-1");
    BudgetLedger upgraded =
        new BudgetLedger(new PriceBook(List.of(Ledgers.table("other", "2026-11-01", "USD"))));

    SettleResponse response =
        upgraded
            .decide(
                new LedgerCommand.Settle(
                    ACME, new RequestId("r-1"), "r-1#1", "n-1", List.of(cheap(1)), true),
                state)
            .response();

    assertThat(response)
        .isInstanceOfSatisfying(
            SettleResponse.Settled.class,
            settled -> assertThat(settled.cost()).isEqualTo(Money.of("0.000001")));
  }

  @Test
  void everyFactHasTheNextNumberOfItsAccount() {
    apply(policy(1, soft(monthly("0.001"))));
    ask("r-1");
    settle("r-1", "n-1", cheap(5_000));
    settle("r-1", "n-2", cheap(1));
    refusalOf(policy(1));

    assertThat(history).extracting(LedgerFact::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(state.account(ACME).sequence()).isEqualTo(6);
  }

  // ---- as the topology does it

  private AdmitResponse ask(String id) {
    return admit(request(id), List.of());
  }

  private AdmitResponse ask(String id, String user, Instant at) {
    return admit(request(ACME, id, user, Optional.empty(), at), List.of());
  }

  private AdmitResponse admit(Request request, List<String> defects) {
    return done(ledger.decide(new LedgerCommand.Admit(request, defects), state));
  }

  private SettleResponse settle(String id, String nonce, Attempt... attempts) {
    return report(id, 1, nonce, true, attempts);
  }

  private SettleResponse report(
      String id, int admission, String nonce, boolean answered, Attempt... attempts) {
    return done(
        ledger.decide(
            new LedgerCommand.Settle(
                ACME, new RequestId(id), id + '#' + admission, nonce, List.of(attempts), answered),
            state));
  }

  private ReleaseResponse interrupt(String id, int admission) {
    return interrupt(id, admission, Ledgers.NOON.plusSeconds(30));
  }

  private ReleaseResponse interrupt(String id, int admission, Instant at) {
    return done(
        ledger.decide(
            new LedgerCommand.Interrupt(ACME, new RequestId(id), id + '#' + admission, at), state));
  }

  private ReleaseResponse expire(String id, int admission, Instant at) {
    return done(
        ledger.decide(
            new LedgerCommand.Expire(ACME, new RequestId(id), id + '#' + admission, at), state));
  }

  private List<LedgerFact> settleFacts(String id, String nonce, Attempt... attempts) {
    int before = history.size();
    settle(id, nonce, attempts);
    return history.subList(before, history.size());
  }

  private List<Integer> alertsOf(String id, long tokens) {
    ask(id);
    return percents(settleFacts(id, "n", cheap(tokens)));
  }

  private static List<Integer> percents(List<LedgerFact> facts) {
    return facts.stream()
        .filter(LedgerFact.ThresholdsReached.class::isInstance)
        .flatMap(fact -> ((LedgerFact.ThresholdsReached) fact).percents().stream())
        .toList();
  }

  private void apply(Policy policy) {
    assertThat(done(ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state)))
        .isTrue();
  }

  private String refusalOf(Policy policy) {
    assertThat(done(ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state)))
        .isFalse();
    return ((LedgerFact.PolicyRefused) history.getLast()).reason();
  }

  private <R> R done(Decision<R> decision) {
    for (LedgerFact fact : decision.facts()) {
      ledger.apply(fact, state);
      history.add(fact);
    }
    return decision.response();
  }

  private MapLedgerState replayed() {
    MapLedgerState replayed = new MapLedgerState();
    history.forEach(fact -> ledger.apply(fact, replayed));
    return replayed;
  }

  private static Refusal refusal(AdmitResponse response) {
    assertThat(response).isInstanceOf(AdmitResponse.Refused.class);
    return ((AdmitResponse.Refused) response).refusal();
  }

  private RequestState.Open open(String id) {
    return (RequestState.Open) state.request(ACME, new RequestId(id)).orElseThrow();
  }

  private static BudgetKey modelKey(String model, Kind kind, String period) {
    return new BudgetKey(ACME, BudgetScope.MODEL, model, kind, period);
  }

  private Balance balanceOfModel(String model, String month) {
    return state.balance(modelKey(model, Kind.MONTH, month)).orElseThrow();
  }

  private Balance month() {
    return balance("2026-11");
  }

  private Balance balance(String month) {
    return state
        .balance(new BudgetKey(ACME, BudgetScope.ACCOUNT, "acme", Kind.MONTH, month))
        .orElseThrow();
  }

  private static Request at(Request request, String datasource) {
    return new Request(
        request.account(),
        request.id(),
        request.user(),
        request.team(),
        Optional.of(datasource),
        request.tier(),
        request.question(),
        request.requester(),
        request.tags(),
        request.contentDigest(),
        request.traceId(),
        request.requestedAt(),
        request.partition(),
        request.offset());
  }

  private static Request otherContent(String id) {
    Request request = request(id);
    return new Request(
        request.account(),
        request.id(),
        request.user(),
        request.team(),
        request.datasource(),
        request.tier(),
        "Something else?",
        request.requester(),
        request.tags(),
        "another digest",
        request.traceId(),
        request.requestedAt(),
        request.partition(),
        request.offset());
  }
}
