package io.querytrail.sink;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the sink is told.
 *
 * @param database where the log is kept; without {@code migrator} the user must own the tables, or
 *     somebody else have migrated them
 * @param groupId consumer group, by default {@code querytrail-metrics-sink}; instances that share
 *     it share the work
 * @param batch when a batch is written
 * @param partitionsAhead months beyond the current one whose partitions are made, by default 3
 * @param percentilesEverySeconds how old the materialized views may get, by default 900
 * @param retention what is kept, by default everything; needs the tables' owner
 * @param migrator the tables' owner, where {@code database} logs in as a writer; by an address of
 *     its own, which goes past a pooler
 */
public record MetricsSinkConfig(
    KafkaConfig kafka,
    HttpConfig http,
    DatabaseConfig database,
    @Nullable String groupId,
    @Nullable Batch batch,
    @Nullable Integer partitionsAhead,
    @Nullable Integer percentilesEverySeconds,
    @Nullable Retention retention,
    @Nullable DatabaseConfig migrator)
    implements ValidConfig {
  private static final String DEFAULT_GROUP = "querytrail-metrics-sink";
  private static final int DEFAULT_MONTHS_AHEAD = 3;
  private static final int MAX_MONTHS_AHEAD = 24;
  private static final int DEFAULT_PERCENTILES_SECONDS = 900;
  private static final int MAX_PERCENTILES_SECONDS = 86_400;

  public MetricsSinkConfig {
    groupId = groupId == null ? DEFAULT_GROUP : groupId;
    batch = batch == null ? new Batch(null, null, null) : batch;
    partitionsAhead = partitionsAhead == null ? DEFAULT_MONTHS_AHEAD : partitionsAhead;
    percentilesEverySeconds =
        percentilesEverySeconds == null ? DEFAULT_PERCENTILES_SECONDS : percentilesEverySeconds;
    retention = retention == null ? new Retention(null, null) : retention;
  }

  /**
   * Limits of a batch; the first one that is reached counts.
   *
   * @param maxRows Kafka records, by default 10,000
   * @param maxBytes of Kafka's, by default 32 MiB
   * @param lingerMillis how long the first record waits for company, by default 50
   */
  public record Batch(
      @Nullable Integer maxRows, @Nullable Long maxBytes, @Nullable Integer lingerMillis)
      implements ValidConfig {
    private static final int DEFAULT_ROWS = 10_000;
    private static final int MAX_ROWS = 100_000;
    private static final long DEFAULT_BYTES = 32L * 1024 * 1024;
    private static final long MAX_BYTES = 128L * 1024 * 1024;
    private static final int DEFAULT_LINGER_MILLIS = 50;
    private static final int MAX_LINGER_MILLIS = 60_000;

    public Batch {
      maxRows = maxRows == null ? DEFAULT_ROWS : maxRows;
      maxBytes = maxBytes == null ? DEFAULT_BYTES : maxBytes;
      lingerMillis = lingerMillis == null ? DEFAULT_LINGER_MILLIS : lingerMillis;
    }

    @Override
    public void check(Problems problems) {
      within(problems, "maxRows", maxRows, 1, MAX_ROWS);
      within(problems, "maxBytes", maxBytes, 1, MAX_BYTES);
      within(problems, "lingerMillis", lingerMillis, 0, MAX_LINGER_MILLIS);
    }
  }

  /**
   * How long the log keeps its rows; the sums by day and month stay.
   *
   * @param months whole months before the current one; null keeps everything
   * @param archiveDir where each month is written to before it is dropped; null drops without
   */
  public record Retention(@Nullable Integer months, @Nullable String archiveDir)
      implements ValidConfig {
    private static final int MAX_MONTHS = 1_200;

    @Override
    public void check(Problems problems) {
      within(problems, "months", months, 1, MAX_MONTHS);
      problems.require(
          archiveDir == null || months != null, "archiveDir", "means nothing without months");
    }
  }

  @Override
  public void check(Problems problems) {
    problems.nested("kafka", kafka);
    problems.nested("http", http);
    problems.nested("database", database);
    problems.required("groupId", groupId);
    problems.nested("batch", batch);
    within(problems, "partitionsAhead", partitionsAhead, 0, MAX_MONTHS_AHEAD);
    within(
        problems, "percentilesEverySeconds", percentilesEverySeconds, 10, MAX_PERCENTILES_SECONDS);
    problems.nested("retention", retention);
    if (migrator != null) {
      problems.nested("migrator", migrator);
    }
  }

  private static void within(
      Problems problems, String key, @Nullable Number value, long least, long most) {
    problems.require(
        value == null || (value.longValue() >= least && value.longValue() <= most),
        key,
        "is " + value + "; use " + least + " to " + most);
  }
}
