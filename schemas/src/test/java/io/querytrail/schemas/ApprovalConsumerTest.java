package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.QueryApproved;
import io.querytrail.schemas.Samples.Fill;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class ApprovalConsumerTest {
  private static final TopicPartition PARTITION = new TopicPartition("querytrail.approvals.v1", 0);

  /** Like the real one, it breaks off a commit for a wakeup that is pending. */
  private static final class RecordingConsumer extends MockConsumer<String, byte[]> {
    private final List<Long> commits = new ArrayList<>();
    private boolean woken;

    RecordingConsumer() {
      super("earliest");
    }

    @Override
    public synchronized void wakeup() {
      woken = true;
      super.wakeup();
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (woken) {
        woken = false;
        throw new WakeupException();
      }
      commits.add(Objects.requireNonNull(offsets.get(PARTITION)).offset());
    }
  }

  private final RecordingConsumer kafka = new RecordingConsumer();
  private final ApprovalConsumer approvals = new ApprovalConsumer(kafka, new EventDeserializer());
  private final List<SpecificRecord> events = new ArrayList<>();

  ApprovalConsumerTest() {
    kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
    kafka.schedulePollTask(() -> {
      kafka.rebalance(Set.of(PARTITION));
      for (int i = 0; i < events.size(); i++) {
        byte[] bytes =
            Objects.requireNonNull(new EventSerializer().serialize("topic", events.get(i)));
        kafka.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, i, "acme", bytes));
      }
    });
  }

  @Test
  void handsOverApprovalsInOrderAndCommitsThemAfterwards() throws Exception {
    // Given
    add(3);
    List<QueryApproved> handled = new ArrayList<>();

    // When
    kafka.schedulePollTask(approvals::close);
    approvals.run((approved, trace) -> handled.add(approved));

    // Then
    assertThat(handled).containsExactlyElementsOf(approved());
    assertThat(kafka.commits).containsExactly(3L);
    assertThat(kafka.closed()).isTrue();
  }

  @Test
  void endsAfterTheApprovalInHandAndKeepsItsOffset() throws Exception {
    // Given
    add(3);
    List<QueryApproved> handled = new ArrayList<>();

    // When
    approvals.run((approved, trace) -> {
      handled.add(approved);
      approvals.close();
    });

    // Then
    assertThat(handled).hasSize(1);
    assertThat(kafka.commits).containsExactly(1L);
  }

  @Test
  void failureOfTheHandlerEndsItWithoutCommit() {
    add(2);

    assertThatThrownBy(() ->
            approvals.run((approved, trace) -> {
              throw new IllegalStateException("database is gone");
            }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("database is gone");

    assertThat(kafka.closed()).isTrue();
    assertThat(kafka.commits).isEmpty();
  }

  @Test
  void recordThatIsNoApprovalIsNamedByItsPlace() {
    events.add(Samples.request("acme", "r-1"));

    assertThatThrownBy(() -> approvals.run((approved, trace) -> {}))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("querytrail.approvals.v1-0@0");
  }

  @Test
  void closingBeforeItEverRanLetsGoOfTheConnection() {
    approvals.close();
    approvals.close();

    assertThat(kafka.closed()).isTrue();
    assertThatThrownBy(() -> approvals.run((approved, trace) -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      events.add(new Samples(i, Fill.SOMETHING).event(QueryApproved.class));
    }
  }

  private List<QueryApproved> approved() {
    return events.stream().map(QueryApproved.class::cast).toList();
  }
}
