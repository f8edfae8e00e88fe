package io.querytrail.benchmarks;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Kafka Connect with Debezium's JDBC sink, in a process of its own, on the audit topic. */
final class DebeziumPeer {
  private static final Duration STILL = Duration.ofMinutes(1);
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int BATCH = 2_000;

  interface Preparation {
    void run() throws SQLException;
  }

  private final String jars;
  private final KafkaConfig kafka;
  private final Path directory;
  private final int events;

  DebeziumPeer(String jars, KafkaConfig kafka, Path directory, int events) {
    this.jars = jars;
    this.kafka = kafka;
    this.directory = directory;
    this.events = events;
  }

  /** Rows a second from the first rows that are seen to the last. */
  double rate(DatabaseConfig database, Preparation preparation)
      throws IOException, InterruptedException, SQLException {
    preparation.run();
    Files.createDirectories(directory);
    Process connect = start(database);
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbcUrl(),
                database.user(),
                Objects.requireNonNull(database.password()).reveal());
        Statement statement = connection.createStatement()) {
      return watch(connect, statement);
    } finally {
      connect.destroy();
      if (!connect.waitFor(20, TimeUnit.SECONDS)) {
        connect.destroyForcibly();
      }
    }
  }

  private double watch(Process connect, Statement statement)
      throws SQLException, InterruptedException, IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long first = 0;
    long firstCount = 0;
    long lastCount = 0;
    long moved = System.nanoTime();
    while (System.nanoTime() < deadline) {
      if (!connect.isAlive()) {
        throw new IllegalStateException("Connect ended: " + tail());
      }
      long now = System.nanoTime();
      long count = count(statement, first);
      if (count > 0 && first == 0) {
        first = now;
        firstCount = count;
      }
      if (count > lastCount) {
        lastCount = count;
        moved = now;
      } else if (now - moved > STILL.toNanos()) {
        // A task that failed leaves its worker running.
        break;
      }
      if (count >= events) {
        return (count - firstCount) / ((now - first) / 1e9);
      }
      Thread.sleep(first == 0 ? 20 : 500);
    }
    throw new IllegalStateException("not all rows were written in time: " + tail());
  }

  /** Counting rows costs the server time, so they are counted seldom. */
  private static long count(Statement statement, long first) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            first == 0
                ? "SELECT count(*) FROM (SELECT FROM ai_query_log LIMIT 5000) AS any_rows"
                : "SELECT count(*) FROM ai_query_log")) {
      row.next();
      return row.getLong(1);
    }
  }

  private String tail() throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("connect.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  private Process start(DatabaseConfig database) throws IOException {
    Path worker =
        Files.writeString(
            directory.resolve("worker.properties"),
            """
            bootstrap.servers=%s
            key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
            value.converter=%s
            offset.storage.file.filename=%s
            offset.flush.interval.ms=5000
            listeners=http://127.0.0.1:0
            plugin.discovery=ONLY_SCAN
            consumer.max.poll.records=%d
            consumer.fetch.min.bytes=1048576
            consumer.fetch.max.wait.ms=50
            consumer.max.partition.fetch.bytes=4194304
            consumer.auto.offset.reset=earliest
            consumer.isolation.level=read_committed
            """
                .formatted(
                    kafka.bootstrapServers(),
                    // By name: only Connect has what it is made of.
                    "io.querytrail.benchmarks.AuditConverter",
                    directory.resolve("offsets"),
                    BATCH));
    Path sink =
        Files.writeString(
            directory.resolve("sink.properties"),
            """
            name=%s
            connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
            tasks.max=1
            topics=querytrail.audit.v1
            connection.url=%s?reWriteBatchedInserts=true
            connection.username=%s
            connection.password=%s
            insert.mode=upsert
            primary.key.mode=record_value
            primary.key.fields=created_at,request_id,account
            collection.name.format=ai_query_log
            schema.evolution=none
            batch.size=%d
            use.reduction.buffer=false
            dialect.postgres.unnest.insert.enabled=true
            connection.pool.min_size=2
            connection.pool.max_size=8
            use.time.zone=UTC
            """
                .formatted(
                    directory.getFileName(),
                    database.jdbcUrl(),
                    database.user(),
                    Objects.requireNonNull(database.password()).reveal(),
                    BATCH));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            jars + "/*:" + System.getProperty("java.class.path"),
            "org.apache.kafka.connect.cli.ConnectStandalone",
            worker.toString(),
            sink.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("connect.log").toFile())
        .start();
  }
}
