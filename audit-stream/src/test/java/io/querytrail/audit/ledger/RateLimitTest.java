package io.querytrail.audit.ledger;

import static io.querytrail.audit.ledger.Ledgers.ACME;
import static io.querytrail.audit.ledger.Ledgers.NOON;
import static io.querytrail.audit.ledger.Ledgers.cheap;
import static io.querytrail.audit.ledger.Ledgers.limited;
import static io.querytrail.audit.ledger.Ledgers.monthly;
import static io.querytrail.audit.ledger.Ledgers.notSent;
import static io.querytrail.audit.ledger.Ledgers.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.ledger.Refusal.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** One request may use 6,000 tokens: three sends of 1,000 in and as many out. */
class RateLimitTest {
  private final BudgetLedger ledger = new BudgetLedger(Ledgers.prices());
  private final MapLedgerState state = new MapLedgerState();
  private int asked;

  @Test
  void admitsNoMoreRequestsWithinAnySixtySecondsThanTheLimitAndSaysWhenThereIsRoom() {
    // Given
    apply(limited(policy(1, monthly("1")), requests(2), RateLimit.NONE));
    assertAdmitted(ask("ada", NOON));
    assertAdmitted(ask("bob", NOON.plusSeconds(30)));

    // When
    Refusal refusal = refused(ask("cyd", NOON.plusMillis(59_999)));

    // Then
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_REQUESTS);
    assertThat(refusal.message())
        .isEqualTo(
            "account acme has asked 2 of 2 requests in the last minute; try again at "
                + NOON.plusSeconds(60));
    assertThat(refusal.retryAt()).contains(NOON.plusSeconds(60));
    assertThat(refusal.policyVersion()).hasValue(1);
    assertAdmitted(ask("cyd", NOON.plusSeconds(60)));
    assertThat(refused(ask("cyd", NOON.plusSeconds(61))).retryAt())
        .as("what was refused does not count")
        .contains(NOON.plusSeconds(90));
  }

  @Test
  void usersHaveLimitsOfTheirOwn() {
    apply(limited(policy(1, monthly("1")), requests(3), requests(1)));

    assertAdmitted(ask("ada", NOON));
    assertThat(refused(ask("ada", NOON)).message()).startsWith("user ada has asked 1 of 1");
    assertAdmitted(ask("bob", NOON));
    assertAdmitted(ask("cyd", NOON));
    assertThat(refused(ask("dee", NOON)).message()).startsWith("account acme has asked 3 of 3");
  }

  @Test
  void tokensCountAsAllThatIsAllowedUntilTheirUseIsReported() {
    // Given room for two
    apply(limited(policy(1, monthly("1")), tokens(12_000), RateLimit.NONE));
    assertAdmitted(ask("ada", NOON));
    assertAdmitted(ask("ada", NOON.plusSeconds(1)));
    Refusal refusal = refused(ask("ada", NOON.plusSeconds(2)));
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_TOKENS);
    assertThat(refusal.message())
        .contains("12000 of 12000 tokens")
        .contains("this request may use 6000")
        .endsWith(NOON.plusSeconds(60).toString());

    // When the first turns out to have used 500, which leaves one token too few
    settle("q-0", "n-0", cheap(500));
    assertThat(refused(ask("ada", NOON.plusSeconds(3))).message()).contains("6500 of 12000");
    settle("q-1", "n-1", cheap(5_500), cheap(1));
    assertThat(refused(ask("ada", NOON.plusSeconds(3))).message()).contains("6001 of 12000");

    // Then what was not sent does not count, and landing exactly on the limit fits
    assertThat(refused(ask("ada", NOON.plusSeconds(4))).retryAt()).contains(NOON.plusSeconds(60));
    assertAdmitted(ask("ada", NOON.plusSeconds(60)));
  }

  @Test
  void callsWithoutUsageStayCountedAtTheirCeiling() {
    apply(limited(policy(1, monthly("1")), tokens(6_000), RateLimit.NONE));
    assertAdmitted(ask("ada", NOON));

    settle("q-0", "n-0", Ledgers.unreported(), notSent(), Ledgers.answered(429));

    assertThat(refused(ask("ada", NOON)).message()).contains("2000 of 6000");
  }

  @Test
  void inFlightEndsWithTheReport() {
    // Given
    apply(limited(policy(1, monthly("1")), inFlight(2), RateLimit.NONE));
    assertAdmitted(ask("ada", NOON));
    assertAdmitted(ask("ada", NOON));

    // When / Then
    Refusal refusal = refused(ask("ada", NOON.plusSeconds(3_600)));
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_IN_FLIGHT);
    assertThat(refusal.message()).contains("2 of 2 requests in flight").contains("verdict");
    assertThat(refusal.retryAt()).isEmpty();
    settle("q-0", "n-0", cheap(1));
    assertAdmitted(ask("ada", NOON.plusSeconds(3_600)));
    settle("q-0", "n-again", cheap(1));
    assertThat(refused(ask("ada", NOON.plusSeconds(3_600))).reason())
        .as("a second dispatch ends nothing a second time")
        .isEqualTo(Reason.TOO_MANY_IN_FLIGHT);
  }

  @Test
  void interruptedRequestIsTriedAgainWhateverItsPaceAndCountsOnce() {
    // Given
    RateLimit one = new RateLimit(OptionalInt.of(1), OptionalLong.of(6_000), OptionalInt.of(1));
    apply(limited(policy(1, monthly("1")), one, one));
    assertAdmitted(ask("ada", NOON));

    // When
    Decision<ReleaseResponse> decision =
        ledger.decide(
            new LedgerCommand.Interrupt(ACME, new RequestId("q-0"), "q-0#1", NOON.plusSeconds(5)),
            state);
    done(decision);

    // Then
    assertThat(decision.response()).isInstanceOf(ReleaseResponse.Readmitted.class);
    assertThat(refused(ask("ada", NOON.plusSeconds(600))).reason())
        .isEqualTo(Reason.TOO_MANY_IN_FLIGHT);
    done(
        ledger.decide(
            new LedgerCommand.Settle(
                ACME, new RequestId("q-0"), "q-0#2", "n", List.of(cheap(1)), true),
            state));
    assertAdmitted(ask("ada", NOON.plusSeconds(600)));
  }

  @Test
  void limitsThatComeLaterCountFromThenOn() {
    apply(policy(1, monthly("1")));
    assertAdmitted(ask("ada", NOON));
    apply(limited(policy(2, monthly("1")), inFlight(1), RateLimit.NONE));

    assertAdmitted(ask("ada", NOON));
    settle("q-0", "n-0", cheap(1));
    assertThat(refused(ask("ada", NOON)).reason()).isEqualTo(Reason.TOO_MANY_IN_FLIGHT);
    settle("q-1", "n-1", cheap(1));
    assertAdmitted(ask("ada", NOON));
  }

  @Test
  void windowHoldsAtMostOneEntryForEachOfSixtySeconds() {
    RateWindow window = RateWindow.empty(new RateKey(ACME, Optional.empty()));
    for (int millis = 0; millis < 300_000; millis += 250) {
      window = window.admitted(NOON.plusMillis(millis), 10);
    }

    assertThat(window.seconds()).hasSize(60);
    assertThat(window.requests(NOON.plusSeconds(299))).isEqualTo(240);
    assertThat(window.tokens(NOON.plusSeconds(299))).isEqualTo(2_400);
  }

  @Test
  void timeThatStepsBackIsCountedWhereItBelongs() {
    RateWindow window =
        RateWindow.empty(new RateKey(ACME, Optional.empty()))
            .admitted(NOON, 1)
            .admitted(NOON.minusSeconds(2), 1)
            .admitted(NOON.minusSeconds(1), 1)
            .admitted(NOON.minusSeconds(2), 1);

    assertThat(window.seconds())
        .extracting(RateWindow.Second::second)
        .containsExactly(
            NOON.getEpochSecond() - 2, NOON.getEpochSecond() - 1, NOON.getEpochSecond());
    assertThat(window.requests(NOON.plusSeconds(58))).isEqualTo(2);
    assertThat(window.inFlight()).isEqualTo(4);
  }

  @Test
  void limitThatCanNeverBeMetIsRefusedWithThePolicy() {
    assertThatThrownBy(() -> limited(policy(1), tokens(5_999), RateLimit.NONE))
        .hasMessageContaining("rateLimits.account.tokensPerMinute is 5999")
        .hasMessageContaining("6000");
    assertThatThrownBy(() -> requests(0)).hasMessageContaining("requestsPerMinute is 0");
    assertThatThrownBy(() -> tokens(-1)).hasMessageContaining("tokensPerMinute is -1");
    assertThatThrownBy(() -> inFlight(0)).hasMessageContaining("inFlight is 0");
  }

  // ---- small things

  private static RateLimit requests(int limit) {
    return new RateLimit(OptionalInt.of(limit), OptionalLong.empty(), OptionalInt.empty());
  }

  private static RateLimit tokens(long limit) {
    return new RateLimit(OptionalInt.empty(), OptionalLong.of(limit), OptionalInt.empty());
  }

  private static RateLimit inFlight(int limit) {
    return new RateLimit(OptionalInt.empty(), OptionalLong.empty(), OptionalInt.of(limit));
  }

  private AdmitResponse ask(String user, Instant at) {
    Request request = Ledgers.request(ACME, "q-" + asked, user, Optional.empty(), at);
    AdmitResponse response =
        done(ledger.decide(new LedgerCommand.Admit(request, List.of()), state));
    asked += response instanceof AdmitResponse.Admitted ? 1 : 1_000;
    return response;
  }

  private void settle(String id, String nonce, Attempt... attempts) {
    done(
        ledger.decide(
            new LedgerCommand.Settle(
                ACME, new RequestId(id), id + "#1", nonce, List.of(attempts), true),
            state));
  }

  private void apply(Policy policy) {
    assertThat(done(ledger.decide(new LedgerCommand.ChangePolicy(policy, Ledgers.NOON), state)))
        .isTrue();
  }

  private <R> R done(Decision<R> decision) {
    decision.facts().forEach(fact -> ledger.apply(fact, state));
    return decision.response();
  }

  private static void assertAdmitted(AdmitResponse response) {
    assertThat(response).isInstanceOf(AdmitResponse.Admitted.class);
  }

  private static Refusal refused(AdmitResponse response) {
    assertThat(response).isInstanceOf(AdmitResponse.Refused.class);
    return ((AdmitResponse.Refused) response).refusal();
  }
}
