package io.querytrail.generator.kafka;

import io.querytrail.generator.offset.DispatchMark;
import io.querytrail.generator.offset.MarkCodec;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the broker how far the books have come, with a {@link DispatchMark} beside each offset.
 * Used by the polling thread only.
 */
final class OffsetCommits {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** A stop must not wait long for a broker that is away. */
  private static final Duration COVER_TIMEOUT = Duration.ofSeconds(3);

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

  /**
   * Says, before it is done, that these records are dispatched, and waits until the broker knows;
   * false when it does not, so that none of them may be dispatched.
   *
   * @throws KafkaException when trying again is of no use
   */
  boolean cover(List<PartitionWork.Item> batch) {
    Map<PartitionWork, DispatchMark> marks = new HashMap<>();
    for (PartitionWork.Item item : batch) {
      if (!item.suspect()) {
        marks.put(item.work(), item.work().offsets().markThrough(item.offset()));
      }
    }
    if (marks.isEmpty()) {
      return true;
    }
    due(assignment.partitions()).forEach(marks::putIfAbsent);
    try {
      consumer.commitSync(offsets(marks), COVER_TIMEOUT);
    } catch (RetriableException | CommitFailedException e) {
      // Either the broker is away for a while, or the partitions are not ours any more, which the
      // next poll says.
      LOG.atWarn().addKeyValue("error", e.toString()).log("dispatch put off: commit failed");
      return false;
    } catch (OffsetMetadataTooLarge e) {
      throw new KafkaException(
          "the brokers' offset.metadata.max.bytes is too small: set it to 4096, its default", e);
    }
    lastCommit = System.nanoTime();
    enter(marks);
    return true;
  }

  /** Commits from time to time, one commit at once, and does not wait. */
  void commitWhenDue() {
    long now = System.nanoTime();
    if (committing || now - lastCommit < INTERVAL.toNanos()) {
      return;
    }
    lastCommit = now;
    Map<PartitionWork, DispatchMark> marks = due(assignment.partitions());
    if (marks.isEmpty()) {
      return;
    }
    committing = true;
    consumer.commitAsync(
        offsets(marks),
        (committed, error) -> {
          committing = false;
          if (error == null) {
            enter(marks);
          } else {
            LOG.atDebug().addKeyValue("error", error.toString()).log("commit failed, again later");
          }
        });
  }

  /**
   * Commits and waits. Where that fails, finished records look unfinished to the next owner, which
   * reports them once more: no reason to end.
   */
  void commitNow(Collection<TopicPartition> partitions) {
    Map<PartitionWork, DispatchMark> marks = due(partitions);
    if (marks.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets(marks), timeout);
      enter(marks);
    } catch (KafkaException e) {
      LOG.atWarn()
          .addKeyValue("error", e.toString())
          .log("commit failed; finished admissions will be reported as interrupted");
    }
  }

  private Map<PartitionWork, DispatchMark> due(Collection<TopicPartition> partitions) {
    Map<PartitionWork, DispatchMark> marks = new HashMap<>();
    assignment
        .works(partitions)
        .forEach(work -> work.offsets().due().ifPresent(mark -> marks.put(work, mark)));
    return marks;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<PartitionWork, DispatchMark> marks) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    marks.forEach((work, mark) ->
        offsets.put(
            work.partition(), new OffsetAndMetadata(mark.position(), MarkCodec.encode(mark))));
    return offsets;
  }

  private static void enter(Map<PartitionWork, DispatchMark> marks) {
    marks.forEach((work, mark) -> work.offsets().committed(mark));
  }
}
