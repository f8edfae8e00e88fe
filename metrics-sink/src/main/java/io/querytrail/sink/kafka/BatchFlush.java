package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.RaisedAlert;
import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch: unusable records to the dead letters, then the rest to the store. For use by the
 * writer's thread.
 */
final class BatchFlush {
  private static final Logger LOG = LoggerFactory.getLogger(BatchFlush.class);

  private final LogStore store;
  private final DeadLetters deadLetters;
  private final SinkMetrics metrics;

  BatchFlush(LogStore store, DeadLetters deadLetters, SinkMetrics metrics) {
    this.store = store;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  /**
   * Writes all or nothing; after an exception it may be called again with the same.
   *
   * @return the offset after what is now stored, by partition
   */
  Map<TopicPartition, Long> write(Pending pending, SortedMap<StreamPartition, Advance> advances) {
    List<DeadRecord> dead = pending.dead();
    if (!dead.isEmpty()) {
      bury(dead);
      pending.deadSent();
    }
    List<SinkRecord> rows = pending.usable();
    Set<SinkRecord> refused = new HashSet<>();
    long begun = System.nanoTime();
    store.write(
        new LogBatch(rows, advances),
        refusals -> {
          bury(pending.originals(refusals));
          refusals.stream().map(Refusal::record).forEach(refused::add);
        });
    metrics.written(Duration.ofNanos(System.nanoTime() - begun));
    count(rows, refused);
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

  private void count(List<SinkRecord> rows, Set<SinkRecord> refused) {
    List<SinkRecord> stored = new ArrayList<>(rows);
    if (!refused.isEmpty()) {
      stored.removeAll(refused);
    }
    stored.stream()
        .collect(Collectors.groupingBy(BatchFlush::kind, Collectors.counting()))
        .forEach(metrics::rows);
  }

  private static String kind(SinkRecord record) {
    return switch (record) {
      case AuditedQuery audited -> "audited";
      case CorrectedQuery corrected -> "corrected";
      case ExecutedQuery executed -> "executed";
      case BudgetPosting posting -> "posting";
      case RaisedAlert alert -> "alert";
    };
  }
}
