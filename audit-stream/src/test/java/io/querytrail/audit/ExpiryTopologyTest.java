package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.interrupted;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.RejectionStage;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Admissions that nobody answers. A request may take 120 seconds, and a report 5 more. */
class ExpiryTopologyTest {
  @TempDir Path stateDir;
  private AuditDriver audit;
  private Instant due;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    due = audit.now().plusSeconds(125);
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  @Test
  void nothingExpiresUntilAllThatCameBeforeTheDeadlineWasRead() {
    assertThat(audit.readThrough(Instant.EPOCH)).isEmpty();
    assertThat(audit.readThrough(due)).isEmpty();
    assertThat(audit.readThrough(due.plusMillis(1))).isNotEmpty();
  }

  @Test
  void expiredRequestHasItsVerdictAndIsChargedItsHold() {
    // When
    List<Out> out = audit.readThrough(due.plusSeconds(1));

    // Then
    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.GENERATION);
    assertThat(rejected.getReason()).isEqualTo("EXPIRED");
    assertThat(rejected.getMessage()).isEqualTo("no answer came before the deadline");
    assertThat(rejected.getCost()).isEqualTo(amount("0.004"));
    QueryAudited audited = event(out, Topic.AUDIT, QueryAudited.class);
    assertThat(audited.getAttempts())
        .extracting(PricedAttempt::getCost, PricedAttempt::getEstimated)
        .containsExactly(tuple(amount("0.002"), true), tuple(amount("0.002"), true));
    LedgerEvent ledger = event(out, Topic.LEDGER, LedgerEvent.class);
    assertThat(ledger.getKind()).isEqualTo(LedgerEventKind.EXPIRED);
    assertThat(ledger.getAdmissionId()).isEqualTo("r-1#1");
    assertThat(ledger.getAmount()).isEqualTo(amount("0.004"));
    BudgetBalance balance = event(out, Topic.BALANCES, BudgetBalance.class);
    assertThat(balance.getSettled()).isEqualTo(amount("0.004"));
    assertThat(balance.getHeld()).isEqualTo(amount("0"));
    assertThat(audit.readThrough(due.plusSeconds(60))).as("once").isEmpty();
    assertThat(audit.count("querytrail.admissions.expired")).isEqualTo(1);
  }

  @Test
  void lateAnswerCorrectsTheChargeAndIsNoSecondVerdict() {
    audit.readThrough(due.plusSeconds(1));

    List<Out> out = generation(generated("r-1", "n-1", "SELECT 1").build());

    QueryCorrected corrected = event(out, Topic.AUDIT, QueryCorrected.class);
    assertThat(corrected.getReason()).isEqualTo("LATE_ANSWER");
    assertThat(corrected.getDelta()).isEqualTo(amount("-0.0035"));
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class).getSettled())
        .isEqualTo(amount("0.0005"));
    assertThat(out).extracting(Out::topic).doesNotContain(Topic.APPROVALS, Topic.REJECTIONS);
  }

  @Test
  void answeredRequestDoesNotExpire() {
    generation(generated("r-1", "n-1", "SELECT 1").build());

    assertThat(audit.readThrough(due.plusSeconds(1_000))).isEmpty();
  }

  @Test
  void requestThatIsTriedAgainExpiresByItsLastDeadline() {
    // Given
    audit.advance(java.time.Duration.ofSeconds(60));
    generation(interrupted("r-1"));
    Instant again = audit.now().plusSeconds(125);

    // When / Then
    assertThat(audit.readThrough(due.plusSeconds(1))).isEmpty();
    assertThat(
            event(audit.readThrough(again.plusMillis(1)), Topic.AUDIT, QueryAudited.class)
                .getCost())
        .isEqualTo(amount("0.008"));
  }

  @Test
  void everyAdmissionThatIsDueExpiresInTheOrderOfTheDeadlines() {
    audit.ask(request("r-2").build());
    audit.ask(request("r-3").build());

    List<Out> out = audit.readThrough(due.plusSeconds(1).plusMillis(1));

    assertThat(out)
        .filteredOn(record -> record.topic() == Topic.REJECTIONS)
        .extracting(record -> ((QueryRejected) record.event()).getRequestId())
        .containsExactly("r-1", "r-2");
  }

  private List<Out> generation(SpecificRecord event) {
    return audit.send(Topic.GENERATIONS, "acme", event);
  }

  private static <E extends SpecificRecord> E event(List<Out> out, Topic topic, Class<E> type) {
    List<Out> found = out.stream().filter(record -> record.topic() == topic).toList();
    assertThat(found).as("records on %s", topic).hasSize(1);
    return type.cast(found.getFirst().event());
  }
}
