package io.querytrail.sink;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.querytrail.service.AdminServer;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.Service;
import io.querytrail.sink.kafka.BatchLimits;
import io.querytrail.sink.kafka.SinkReader;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.ExecutionUpkeep;
import io.querytrail.sink.postgres.MetricsRecorder;
import io.querytrail.sink.postgres.MonthPartitions;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.PercentileViews;
import io.querytrail.sink.postgres.PostgresLogStore;
import io.querytrail.sink.postgres.Retention;
import io.querytrail.sink.postgres.SinkDatabase;
import io.querytrail.sink.postgres.StrayRows;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sink, put together: the only place that knows both Kafka and PostgreSQL. */
public final class MetricsSink implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsSink.class);

  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final Duration MINUTELY = Duration.ofMinutes(1);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration DAILY = Duration.ofDays(1);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final HealthChecks health = new HealthChecks();
  private final SinkReader reader;
  private final AdminServer http;

  private MetricsSink(MetricsSinkConfig config, Clock clock) {
    try {
      PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      parts.push(metrics::close);
      HikariDataSource database = opened(SinkDatabase.open(config.database(), metrics));
      DataSource owner = owner(config, database);
      // Without the pool's time limit: a migration may read and write the whole log.
      SinkDatabase.prepare(owner == database ? SinkDatabase.unpooled(config.database()) : owner);
      if (owner != database) {
        SinkDatabase.prepare(database);
      }

      PartitionCalendar calendar =
          new PartitionCalendar(clock, Objects.requireNonNull(config.partitionsAhead()));
      PartitionKeeper partitions = new PartitionKeeper(database, calendar);
      partitions.keepAhead();
      String writer = UUID.randomUUID().toString();
      upkeep(config, database, owner, metrics, partitions, calendar, writer);

      reader =
          opened(
              SinkReader.start(
                  config.kafka(),
                  Objects.requireNonNull(config.groupId()),
                  limits(Objects.requireNonNull(config.batch())),
                  new PostgresLogStore(database, partitions, writer),
                  metrics,
                  health));
      http = opened(AdminServer.start(config.http(), health, metrics));
    } catch (SQLException e) {
      close();
      throw new IllegalStateException("cannot prepare the log: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Who owns the tables, or the writer where nobody else is named. */
  private static DataSource owner(MetricsSinkConfig config, DataSource database)
      throws SQLException {
    if (config.migrator() != null) {
      return SinkDatabase.unpooled(config.migrator());
    }
    if (Objects.requireNonNull(config.retention()).months() != null
        && !SinkDatabase.mayMigrate(database)) {
      throw new IllegalStateException(
          "retention takes months out of the log, and the user of `database` does not own the"
              + " tables: set `migrator`, or use `querytrail partitions drop` in place of it");
    }
    return database;
  }

  /**
   * Migrates the database, makes the partitions that are due, and begins to read.
   *
   * @throws RuntimeException when the database or Kafka cannot be reached or topics are missing
   */
  public static MetricsSink start(MetricsSinkConfig config) {
    return new MetricsSink(config, Clock.systemUTC());
  }

  private void upkeep(
      MetricsSinkConfig config,
      HikariDataSource database,
      DataSource owner,
      MeterRegistry metrics,
      PartitionKeeper partitions,
      PartitionCalendar calendar,
      String writer) {
    ExecutionUpkeep executions = new ExecutionUpkeep(database);
    MonthPartitions months = new MonthPartitions(database, calendar);
    MetricsSinkConfig.Retention retention = Objects.requireNonNull(config.retention());
    Duration percentiles =
        Duration.ofSeconds(Objects.requireNonNull(config.percentilesEverySeconds()));
    Upkeep upkeep =
        opened(Upkeep.start(health))
            .every(SETTLE, "database", executions::settleRecent)
            .every(DAILY, "executions", executions::settleAll)
            .every(DAILY, "partitions", partitions::keepAhead)
            .every(MINUTELY, "metrics", new MetricsRecorder(database, metrics, writer)::record)
            .every(FIVE_MINUTES, "strays", new StrayRows(months, metrics)::look)
            .every(percentiles, "percentiles", new PercentileViews(database, percentiles)::refresh);
    if (retention.months() != null) {
      Path archive = retention.archiveDir() == null ? null : Path.of(retention.archiveDir());
      MonthPartitions owned = new MonthPartitions(owner, calendar);
      upkeep.every(DAILY, "retention", new Retention(owned, retention.months(), archive)::run);
    }
  }

  private static BatchLimits limits(MetricsSinkConfig.Batch batch) {
    return new BatchLimits(
        Objects.requireNonNull(batch.maxRows()),
        Objects.requireNonNull(batch.maxBytes()),
        Duration.ofMillis(Objects.requireNonNull(batch.lingerMillis())));
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public String name() {
    return "metrics-sink";
  }

  @Override
  public int httpPort() {
    return http.port();
  }

  @Override
  public CompletableFuture<Void> failure() {
    return reader.failure();
  }

  @Override
  public HealthChecks health() {
    return health;
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.atWarn()
            .addKeyValue("part", part.getClass().getSimpleName())
            .addKeyValue("error", e.toString())
            .log("did not close in order");
      }
    }
  }
}
