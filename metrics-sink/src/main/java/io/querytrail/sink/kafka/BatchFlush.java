package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches: unusable records to the dead letters, then the rest to the store. For use by the
 * writer's threads.
 */
final class BatchFlush {
  private static final Logger LOG = LoggerFactory.getLogger(BatchFlush.class);

  private final DeadLetters deadLetters;
  private final SinkMetrics metrics;

  BatchFlush(DeadLetters deadLetters, SinkMetrics metrics) {
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  /**
   * Writes all or nothing; after an exception it may be called again with the same.
   *
   * @param partitionsHeld see {@link io.querytrail.sink.log.LogBatch#write}
   * @return the offset after what is now stored, by partition
   */
  Map<TopicPartition, Long> write(
      Pending pending, SortedMap<StreamPartition, Advance> advances, Runnable partitionsHeld) {
    List<DeadRecord> dead = pending.dead();
    if (!dead.isEmpty()) {
      bury(dead);
      pending.deadSent();
    }
    Map<String, Long> stored = new HashMap<>(pending.kinds());
    long begun = System.nanoTime();
    pending.write(
        advances,
        refusals -> {
          bury(pending.originals(refusals));
          refusals.forEach(refusal -> stored.merge(refusal.record().kind(), -1L, Long::sum));
        },
        partitionsHeld);
    metrics.written(Duration.ofNanos(System.nanoTime() - begun));
    stored.forEach(metrics::rows);
    return pending.next();
  }

  private void bury(List<DeadRecord> dead) {
    if (dead.isEmpty()) {
      return;
    }
    deadLetters.send(dead);
    dead.forEach(one -> metrics.deadLettered(one.record().topic(), 1));
    DeadRecord first = dead.getFirst();
    LOG.atWarn()
        .addKeyValue("count", dead.size())
        .addKeyValue("topic", first.record().topic())
        .addKeyValue("partition", first.record().partition())
        .addKeyValue("offset", first.record().offset())
        .addKeyValue("error", first.errorClass())
        .log("records went to the dead letters, the first of them as said here");
  }
}
