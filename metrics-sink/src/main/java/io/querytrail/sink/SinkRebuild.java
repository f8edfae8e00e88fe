package io.querytrail.sink;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.kafka.TopicReplay;
import io.querytrail.sink.log.OffsetRange;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.RebuildStore;
import io.querytrail.sink.postgres.SinkDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Reads the topics once more from their beginning, adds to the log what it does not have, and
 * writes anew what differs. The log may be empty, whole, changed, or have holes, and sinks may run
 * meanwhile.
 */
public final class SinkRebuild {
  private static final int MONTHS_AHEAD = 3;

  /**
   * What was done.
   *
   * @param read records of the topics
   * @param added audit records and corrections that were not in the log, or differed
   * @param rewritten requests and postings that differed, with all that belongs to them
   * @param present records that were, and all executions, alerts and postings
   * @param refused records that cannot be stored, as when they were first read
   * @param unusable records that no row can be made of
   * @param passedOver records of months that were taken out of the log
   */
  public record Result(
      long read,
      long added,
      long rewritten,
      long present,
      long refused,
      long unusable,
      long passedOver) {}

  private SinkRebuild() {}

  /**
   * Rebuilds; migrates the database first.
   *
   * @param database its user must own the tables, as the sink's
   * @param progress takes the number of records read so far
   * @throws SQLException when the database fails; what was committed stays, and the rebuild may
   *     simply be run again
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  public static Result run(
      KafkaConfig kafka, DatabaseConfig database, Clock clock, LongConsumer progress)
      throws SQLException {
    try (HikariDataSource pool = SinkDatabase.open(database, new SimpleMeterRegistry());
        TopicReplay topics = TopicReplay.open(kafka)) {
      SinkDatabase.migrate(SinkDatabase.unpooled(database));
      PartitionKeeper partitions =
          new PartitionKeeper(pool, new PartitionCalendar(clock, MONTHS_AHEAD));
      partitions.keepAhead();
      try (RebuildStore store =
          new RebuildStore(pool, partitions, "rebuild-" + UUID.randomUUID())) {
        SortedMap<StreamPartition, OffsetRange> ranges =
            topics.available(List.of(Topic.AUDIT, Topic.EXECUTIONS, Topic.ALERTS));
        // What is not stored yet is the sinks'; where nothing is known to be stored, all is ours.
        Map<StreamPartition, Long> stored = store.storedUpTo(ranges.keySet());
        ranges.replaceAll((stream, all) ->
            new OffsetRange(all.from(), Math.min(all.to(), stored.getOrDefault(stream, all.to()))));
        store.rewrite(AuditVerification.differing(kafka, pool));
        Progress done = new Progress(store, progress);
        topics.read(ranges, done::add);
        store.recomputeRollups();
        return done.result();
      }
    }
  }

  private static final class Progress {
    private final RebuildStore store;
    private final LongConsumer listener;
    private RebuildStore.Outcome outcome = RebuildStore.Outcome.NOTHING;
    private long read;
    private long unusable;

    Progress(RebuildStore store, LongConsumer listener) {
      this.store = store;
      this.listener = listener;
    }

    void add(TopicReplay.Chunk chunk) throws SQLException {
      outcome = outcome.plus(store.write(chunk.records(), chunk.next()));
      unusable += chunk.unusable().size();
      read += chunk.records().size() + chunk.unusable().size();
      listener.accept(read);
    }

    Result result() {
      return new Result(
          read,
          outcome.added(),
          outcome.rewritten(),
          outcome.present(),
          outcome.refused(),
          unusable,
          outcome.passedOver());
    }
  }
}
