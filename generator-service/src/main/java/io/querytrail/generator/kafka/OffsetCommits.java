package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the broker how far the books have come. Used by the polling thread only. */
final class OffsetCommits {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignment assignment;
  private final Duration timeout;
  private boolean committing;
  private long lastCommit = System.nanoTime();

  OffsetCommits(Consumer<byte[], byte[]> consumer, Assignment assignment, Duration timeout) {
    this.consumer = consumer;
    this.assignment = assignment;
    this.timeout = timeout;
  }

  /** Commits from time to time, one commit at once, and does not wait. */
  void commitWhenDue() {
    long now = System.nanoTime();
    if (committing || now - lastCommit < INTERVAL.toNanos()) {
      return;
    }
    lastCommit = now;
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(assignment.partitions());
    if (offsets.isEmpty()) {
      return;
    }
    committing = true;
    consumer.commitAsync(
        offsets,
        (committed, error) -> {
          committing = false;
          if (error == null) {
            enter(committed);
          } else {
            LOG.atDebug().addKeyValue("error", error.toString()).log("commit failed, again later");
          }
        });
  }

  /**
   * Commits and waits. Where that fails, finished records are delivered again: no reason to end.
   */
  void commitNow(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(partitions);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, timeout);
      enter(offsets);
    } catch (KafkaException e) {
      LOG.atWarn()
          .addKeyValue("error", e.toString())
          .log("commit failed; finished admissions will be delivered again");
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committable(
      Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    assignment
        .works(partitions)
        .forEach(work ->
            work.offsets()
                .committable()
                .ifPresent(offset -> offsets.put(work.partition(), new OffsetAndMetadata(offset))));
    return offsets;
  }

  private void enter(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) ->
        assignment
            .works(List.of(partition))
            .forEach(work -> work.offsets().committed(offset.offset())));
  }
}
