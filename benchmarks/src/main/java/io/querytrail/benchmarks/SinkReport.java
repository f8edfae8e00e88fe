package io.querytrail.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import io.querytrail.sink.MetricsSink;
import io.querytrail.sink.MetricsSinkConfig;
import io.querytrail.sink.kafka.BatchLimits;
import io.querytrail.sink.kafka.SinkReader;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.LogAloneStore;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.SinkDatabase;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.postgresql.PGConnection;

/**
 * The sink beside raw COPY of the same rows, and beside Debezium's JDBC sink where its libraries
 * are given. Settings, as system properties: {@code bench.events} (1,000,000), {@code bench.dir},
 * {@code bench.debezium} (directory of jars; left out, it is not measured), {@code bench.rounds}
 * (1).
 */
public final class SinkReport {
  private static final int EVENTS = Integer.getInteger("bench.events", 1_000_000);

  /** What a new process does before its code is compiled is told, and not measured. */
  private static final int WARM_UP = 200_000;

  private static final long WAL_BYTES_AN_EVENT = 3_000;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 1);
  private static final Path DIRECTORY =
      Path.of(System.getProperty("bench.dir", "target/bench-sink"));
  private static final String DEBEZIUM = System.getProperty("bench.debezium", "");
  private static final List<String> TABLES =
      List.of(
          "ai_query_log",
          "llm_attempts",
          "cost_daily",
          "cost_monthly",
          "query_performance_metrics");
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final EmbeddedKafka broker;
  private final EmbeddedPostgres server;
  private final KafkaConfig kafka;

  private SinkReport(EmbeddedKafka broker, EmbeddedPostgres server) {
    this.broker = broker;
    this.server = server;
    this.kafka = new KafkaConfig(broker.bootstrapServers(), null);
  }

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    Logs.onlyErrors();
    Path run = Files.createTempDirectory(Files.createDirectories(DIRECTORY), "run");
    try (EmbeddedKafka broker = EmbeddedKafka.start(run.resolve("kafka"));
        EmbeddedPostgres server =
            EmbeddedPostgres.start(
                run.resolve("postgres"),
                0,
                Map.of("shared_buffers", "512MB", "min_wal_size", "8GB", "max_wal_size", "8GB"))) {
      new SinkReport(broker, server).measure(run);
    } finally {
      delete(run);
    }
  }

  private void measure(Path run) throws Exception {
    System.out.printf("writing %,d events to the audit topic%n", EVENTS);
    produce();
    makeWalFiles();
    int first = Math.min(EVENTS, WARM_UP);
    double cold = sink("warmup", first);
    report("warm-up: a new sink, all tables", cold, "%,d of the events".formatted(first));
    for (int round = 1; round <= ROUNDS; round++) {
      double sink = sink("sink" + round, EVENTS);
      report("all tables: the sink, topic to commit", sink, "");
      sizes("sink" + round);
      double raw = raw(run, "sink" + round, "raw" + round);
      report("all tables: raw COPY of the same rows", raw, "");
      System.out.printf("  the sink reaches %.0f %% of raw COPY%n", 100 * sink / raw);
      double alone = logAlone("alone" + round);
      report("log table alone: the sink's COPY", alone, "");
      if (!DEBEZIUM.isEmpty()) {
        String name = "debezium" + round;
        double peer =
            new DebeziumPeer(DEBEZIUM, kafka, run.resolve("connect" + round), EVENTS)
                .rate(database(name), () -> preparePeer(name));
        report("log table alone: Debezium JDBC sink 3.5", peer, "one task, unnest upsert");
        System.out.printf("  the sink writes %.1f times as fast%n", alone / peer);
      }
    }
  }

  private static void report(String what, double rate, String note) {
    System.out.printf("%-44s%,10.0f rows/s  %s%n", what, rate, note);
  }

  private void produce() {
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
    }
    AuditFixture fixture =
        new AuditFixture(
            YearMonth.now(ZoneOffset.UTC).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    EventSerializer events = new EventSerializer();
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("linger.ms", 20);
    settings.put("batch.size", 262_144);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < EVENTS; i++) {
        producer.send(
            new ProducerRecord<>(
                Topic.AUDIT.topicName(),
                AuditFixture.account(i).getBytes(StandardCharsets.UTF_8),
                events.serialize(Topic.AUDIT.topicName(), fixture.event(i))));
      }
    }
  }

  /**
   * As many as there are in a server that has run for a while. Who writes first would make them for
   * all that follow.
   */
  private void makeWalFiles() throws SQLException {
    server.createDatabaseIfAbsent("walfiles");
    try (Connection connection = connect("walfiles");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, %d)"
              .formatted(EVENTS * WAL_BYTES_AN_EVENT / 1_000_000));
      statement.execute("CHECKPOINT");
    }
  }

  private DatabaseConfig database(String name) {
    server.createDatabaseIfAbsent(name);
    return new DatabaseConfig(
        server.jdbcUrl(name), server.superuser(), new Secret(server.password()), null);
  }

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(name), server.superuser(), server.password());
  }

  /** Tables and partitions, and everything of before out of the way. */
  private void prepare(String name) throws SQLException {
    try (HikariDataSource pool = SinkDatabase.open(database(name), new SimpleMeterRegistry())) {
      SinkDatabase.migrate(pool);
      new PartitionKeeper(pool, new PartitionCalendar(Clock.systemUTC(), 1)).keepAhead();
    }
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    }
  }

  /** The driver makes no array of bytes, as the peer needs: it has texts in their place. */
  private void preparePeer(String name) throws SQLException {
    prepare(name);
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          DROP VIEW query_log;
          ALTER TABLE ai_query_log ALTER trace_id TYPE text USING NULL, ALTER chain_hash TYPE text USING ''
          """);
    }
  }

  private double sink(String name, long events) throws Exception {
    prepare(name);
    try (MetricsSink sink =
        MetricsSink.start(
            new MetricsSinkConfig(
                kafka,
                new HttpConfig(null, 0),
                database(name),
                name,
                null,
                null,
                null,
                null,
                null))) {
      return rate(name, events);
    }
  }

  private double logAlone(String name) throws Exception {
    prepare(name);
    MetricsSinkConfig.Batch batch = new MetricsSinkConfig.Batch(null, null, null);
    try (HikariDataSource pool = SinkDatabase.open(database(name), new SimpleMeterRegistry());
        SinkReader reader =
            SinkReader.start(
                kafka,
                name,
                new BatchLimits(
                    Objects.requireNonNull(batch.maxRows()),
                    Objects.requireNonNull(batch.maxBytes()),
                    Duration.ofMillis(Objects.requireNonNull(batch.lingerMillis()))),
                new LogAloneStore(pool),
                new SimpleMeterRegistry(),
                new HealthChecks())) {
      return rate(name, EVENTS);
    }
  }

  /** From the first rows that are seen to the last: joining a group is not writing. */
  private double rate(String name, long events) throws SQLException, InterruptedException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      long first = 0;
      long firstCount = 0;
      while (System.nanoTime() < deadline) {
        long now = System.nanoTime();
        long count = number(statement, "SELECT coalesce(sum(next_offset), 0) FROM kafka_offsets");
        if (count > 0 && first == 0) {
          first = now;
          firstCount = count;
        }
        if (count >= events) {
          return (count - firstCount) / ((now - first) / 1e9);
        }
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("not all events were stored within " + LIMIT);
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** All tables of one database into another by one binary COPY each, over one connection. */
  private double raw(Path run, String from, String to) throws SQLException, IOException {
    prepare(to);
    try (Connection source = connect(from)) {
      for (String table : TABLES) {
        try (OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(run.resolve(table)), 1 << 20)) {
          source
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (SELECT * FROM " + table + ") TO STDOUT (FORMAT binary)", out);
        }
      }
    }
    long begun = System.nanoTime();
    try (Connection target = connect(to)) {
      for (String table : TABLES) {
        try (InputStream in =
            new BufferedInputStream(Files.newInputStream(run.resolve(table)), 1 << 20)) {
          target
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY " + table + " FROM STDIN (FORMAT binary)", in, 1 << 16);
        }
        Files.delete(run.resolve(table));
      }
    }
    return EVENTS / ((System.nanoTime() - begun) / 1e9);
  }

  /** What a request takes on disk: rows and each index of the tables that have a row of its own. */
  private void sizes(String name) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet parts =
            statement.executeQuery(
                """
                SELECT pg_partition_root(part)::regclass, sum(pg_relation_size(part)) AS bytes
                FROM (
                  SELECT inhparent AS log, inhrelid AS part, false AS is_index FROM pg_inherits
                  UNION ALL
                  SELECT inhparent, indexrelid, true FROM pg_inherits JOIN pg_index ON indrelid = inhrelid) AS parts
                WHERE log IN ('ai_query_log'::regclass, 'llm_attempts'::regclass)
                GROUP BY log, is_index, 1 ORDER BY log, is_index, bytes DESC
                """)) {
      double request = 0;
      while (parts.next()) {
        request += parts.getDouble(2) / EVENTS;
        System.out.printf(
            "  %-40s %,8.0f bytes a request%n", parts.getString(1), parts.getDouble(2) / EVENTS);
      }
      System.out.printf("  %-40s %,8.0f bytes a request%n", "all of it", request);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
