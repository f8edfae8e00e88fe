package io.querytrail.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.Attempt;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.log.TestBatch;
import io.querytrail.sink.log.TestRecords;
import io.querytrail.sink.log.Tokens;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.LogRoles;
import io.querytrail.sink.postgres.MetricsRecorder;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.PostgresLogStore;
import io.querytrail.sink.postgres.SinkDatabase;
import io.querytrail.sink.report.OperationsReport;
import io.querytrail.sink.report.OperationsReport.Answer;
import io.querytrail.sink.report.OperationsReport.View;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Each condition is made to happen and must be reported, on the oldest and the newest server. */
@ParameterizedClass
@ValueSource(strings = {"15", "18"})
final class OperationsIT {
  private static final int CONNECTIONS = 20;
  private static final int FOR_SUPERUSERS = 3;
  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections", String.valueOf(CONNECTIONS),
          // Too little memory for what the test reads, and nobody who cleans up meanwhile.
          "shared_buffers", "1MB",
          "autovacuum", "off");

  private static @Nullable EmbeddedPostgres server;

  @Parameter String version = "";

  private final DatabaseConfig config = TestServers.newDatabase(Objects.requireNonNull(server));
  private final TestDatabase database = new TestDatabase(config);

  @BeforeParameterizedClassInvocation
  static void start(String version) throws Exception {
    server = start(version, TestServers.directory("ops"));
  }

  /** The newest comes with the class path, others were copied beside it by the build. */
  private static EmbeddedPostgres start(String version, Path directory) throws Exception {
    if (version.equals("18")) {
      return EmbeddedPostgres.start(directory, 0, SETTINGS);
    }
    try (Stream<Path> jars = Files.list(Path.of("target/postgres-binaries"))) {
      String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64v8" : "amd64";
      Path jar =
          jars.filter(path -> path.getFileName().toString().contains(architecture + "-" + version))
              .findFirst()
              .orElseThrow();
      return EmbeddedPostgres.start(directory, 0, SETTINGS, jar);
    }
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    Objects.requireNonNull(server).close();
  }

  @BeforeEach
  void migrate() throws Exception {
    SinkDatabase.migrate(database.dataSource());
    assertThat(database.value("SELECT querytrail_ops.maintain_partitions()")).isEqualTo("28");
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100));
  }

  private List<String> alerts(String subject) throws SQLException {
    return database.rows(
        "SELECT level, detail FROM querytrail_ops.v_performance_alerts WHERE subject = ?", subject);
  }

  private String health(String check) throws SQLException {
    return database.value(
        "SELECT level FROM querytrail_ops.check_database_health() WHERE check_name = ?", check);
  }

  private void threshold(String name, double warning, double critical) throws SQLException {
    database.execute(
        "UPDATE querytrail_ops.thresholds SET warning = %s, critical = %s WHERE name = '%s'"
            .formatted(warning, critical, name));
  }

  @Test
  void findsNothingInANewLogAndSaysWhatItCannotTell() throws Exception {
    assertThat(database.value("SHOW server_version")).startsWith(version + ".");
    assertThat(
            database.rows(
                "SELECT check_name, level FROM querytrail_ops.check_database_health() WHERE level <> 'OK'"))
        .containsExactly("slow query|UNKNOWN", "sink|UNKNOWN");
    for (View view : View.values()) {
      Answer answer = new OperationsReport(database.dataSource()).read(view);
      assertThat(answer.columns()).as("%s", view).isNotEmpty();
    }
  }

  @Test
  void reportsASlowStatementOrWhatIsMissingForThat() throws Exception {
    OperationsReport report = new OperationsReport(database.dataSource());
    Answer missing = report.read(View.SLOW_QUERIES);
    assertThat(missing.rows()).isEmpty();
    assertThat(missing.notices())
        .singleElement()
        .asString()
        .contains("pg_stat_statements is not installed", "CREATE EXTENSION");
    assertThat(health("slow query")).isEqualTo("UNKNOWN");

    database.execute("CREATE EXTENSION pg_stat_statements");
    database.execute("SELECT pg_sleep(1.05)");

    assertThat(report.read(View.SLOW_QUERIES).notices()).isEmpty();
    assertThat(alerts("slow query"))
        .anySatisfy(
            alert -> assertThat(alert).startsWith("WARNING|").contains("SELECT pg_sleep($1)"));
    assertThat(health("slow query")).isEqualTo("WARNING");
    threshold("slow_query_ms", 100, 1000);
    assertThat(health("slow query")).isEqualTo("CRITICAL");
  }

  @Test
  void reportsConnectionsNearTheLimit() throws Exception {
    int available = CONNECTIONS - FOR_SUPERUSERS;
    List<Connection> open = new ArrayList<>();
    try {
      while (open.size() < available * 80 / 100) {
        open.add(database.connect());
      }
      // With the one that asks; those that were closed may take a moment to be gone.
      eventually()
          .untilAsserted(() ->
              assertThat(alerts("connections"))
                  .singleElement()
                  .asString()
                  .startsWith(
                      "WARNING|%d of %d connections".formatted(open.size() + 1, available)));
      while (open.size() < available - 1) {
        open.add(database.connect());
      }
      assertThat(health("connections")).isEqualTo("CRITICAL");
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    eventually().untilAsserted(() -> assertThat(health("connections")).isEqualTo("OK"));
  }

  @Test
  void reportsLongTransactionsAndWhoIsBlockedByWhom() throws Exception {
    threshold("transaction_seconds", 0.1, 100);
    threshold("blocked_seconds", 0.1, 100);
    assertThat(health("long transaction")).isEqualTo("OK");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection holder = database.connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("LOCK TABLE upkeep_runs IN ACCESS EXCLUSIVE MODE");
      String pid =
          database.value(
              "SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'upkeep_runs'::regclass");
      threads.submit(() -> database.rows("SELECT count(*) FROM upkeep_runs"));

      eventually()
          .untilAsserted(() ->
              assertThat(alerts("blocked session"))
                  .singleElement()
                  .asString()
                  .startsWith("WARNING|")
                  .contains("waits for {" + pid + "}", "SELECT count(*) FROM upkeep_runs"));
      assertThat(alerts("long transaction"))
          .anySatisfy(alert -> assertThat(alert).contains("session " + pid, "idle in transaction"));
      holder.rollback();
    }
    eventually().untilAsserted(() -> assertThat(alerts("blocked session")).isEmpty());
  }

  @Test
  void reportsDeadRowsBloatAndWhatLittleMemoryCosts() throws Exception {
    database.execute(
        """
        INSERT INTO cost_daily
        SELECT '2026-11-01', 'account', repeat('t', 200), 'user' || i, 'shop', 'openai', 'm', 'USD', 1, 1, 0, 1, 1, 1, 1, 1, 1
        FROM generate_series(1, 20000) i;
        ANALYZE cost_daily
        """);
    assertThat(
            database.rows(
                "SELECT kind, level FROM querytrail_ops.v_bloat WHERE table_name = 'cost_daily' ORDER BY 1"))
        .containsExactly("index|OK", "table|OK");

    database.execute("DELETE FROM cost_daily WHERE right(user_id, 1) <> '0'");
    eventually()
        .untilAsserted(() ->
            assertThat(alerts("dead rows"))
                .singleElement()
                .asString()
                .startsWith("CRITICAL|public.cost_daily: 18000 of its rows (90.0 %) are dead"));

    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM ANALYZE cost_daily");
    }
    eventually().untilAsserted(() -> assertThat(alerts("dead rows")).isEmpty());
    assertThat(alerts("bloat"))
        .hasSize(2)
        .allSatisfy(alert -> assertThat(alert).startsWith("CRITICAL|"))
        .anySatisfy(
            alert -> assertThat(alert).contains("table public.cost_daily: about", "VACUUM FULL"))
        .anySatisfy(alert -> assertThat(alert).contains("index public.cost_daily_pkey", "REINDEX"));

    // What was written was in memory.
    database.execute("SELECT pg_stat_reset()");
    for (int i = 0; i < 15; i++) {
      database.execute("SELECT sum(cost) FROM cost_daily");
    }
    eventually().untilAsserted(() -> assertThat(health("cache")).isEqualTo("CRITICAL"));
    assertThat(alerts("cache"))
        .anySatisfy(alert -> assertThat(alert).contains("public.cost_daily: "));
  }

  @Test
  void reportsAnIndexThatNothingUses() throws Exception {
    threshold("unused_index_bytes", 8192, 1e12);
    database.execute(
        """
        INSERT INTO partition_events (table_name, month, event)
        SELECT 'ai_query_log', '2020-01-01', 'DETACHED' FROM generate_series(1, 2000);
        CREATE INDEX nobodys ON partition_events (happened_at);
        ANALYZE partition_events
        """);
    assertThat(alerts("unused index"))
        .anySatisfy(
            alert -> assertThat(alert).startsWith("WARNING|public.nobodys of partition_events"))
        // One that keeps a constraint is needed however seldom it is read.
        .noneSatisfy(alert -> assertThat(alert).contains("_pkey"))
        // All months of an index are one.
        .noneSatisfy(alert ->
            assertThat(alert).contains(YearMonth.now(ZoneOffset.UTC).toString().replace('-', '_')));

    database.execute(
        "SET enable_seqscan = off; SELECT * FROM partition_events WHERE happened_at < '2000-01-01'");

    eventually()
        .untilAsserted(() ->
            assertThat(alerts("unused index"))
                .noneSatisfy(alert -> assertThat(alert).contains("nobodys")));
  }

  @Test
  void reportsMissingMonthsAndRowsOutsideOfAll() throws Exception {
    assertThat(health("partitions")).isEqualTo("OK");
    YearMonth now = YearMonth.now(ZoneOffset.UTC);
    String suffix = now.plusMonths(1).toString().replace('-', '_');
    database.execute("DROP TABLE llm_attempts_" + suffix);
    assertThat(alerts("partitions"))
        .singleElement()
        .asString()
        .startsWith(
            "WARNING|llm_attempts " + now.plusMonths(1) + ": the next month has no partition");
    database.execute(
        "ALTER TABLE ai_query_log DETACH PARTITION ai_query_log_"
            + now.toString().replace('-', '_'));
    assertThat(health("partitions")).isEqualTo("CRITICAL");
    database.execute("DROP TABLE ai_query_log_" + now.toString().replace('-', '_'));

    assertThat(database.value("SELECT querytrail_ops.maintain_partitions()")).isEqualTo("2");
    assertThat(health("partitions")).isEqualTo("OK");

    database.execute(
        """
        INSERT INTO query_executions (created_at, executed_at, execution_time_ms, kafka_offset, kafka_partition,
          request_id, account, execution_id, status, executor)
        VALUES ('1999-01-01', now(), 1, 1, 1, 'r', 'a', 'e', 'SUCCEEDED', 'test')
        """);
    assertThat(alerts("partitions"))
        .singleElement()
        .asString()
        .startsWith("WARNING|query_executions 1 rows are in the default partition");
  }

  @Test
  void reportsASinkThatIsBehindOrSilent() throws Exception {
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    Gauge.builder("querytrail.sink.lag.records", () -> 20_000).register(metrics);
    new MetricsRecorder(database.dataSource(), metrics, "one").record();

    assertThat(alerts("sink")).singleElement().asString().startsWith("WARNING|20000 records");
    assertThat(
            database.value(
                "SELECT count(*) > 5 FROM performance_metrics WHERE service_name = 'postgresql'"))
        .isEqualTo("t");
    assertThat(database.value("SELECT querytrail_ops.record_performance_metrics()")).isEqualTo("0");

    database.execute(
        "UPDATE performance_metrics SET metric_value = 0, recorded_at = recorded_at - interval '4 minutes' WHERE service_name = 'metrics-sink'");
    assertThat(alerts("sink"))
        .singleElement()
        .asString()
        .contains("WARNING|0 records", "last spoke 24");
    database.execute(
        "UPDATE performance_metrics SET recorded_at = recorded_at - interval '10 minutes' WHERE service_name = 'metrics-sink'");
    assertThat(health("sink")).isEqualTo("CRITICAL");
  }

  @Test
  void reportsABurstOfErrorsOfAModel() throws Exception {
    StreamPartition partition = new StreamPartition("cluster", new UUID(1, 2), "audit", 0);
    List<SinkRecord> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      records.add(
          TestRecords.audited(
              "a",
              "r" + i,
              i,
              BigDecimal.ZERO,
              call("steady", i < 4),
              call("shaky", i < 8),
              call("broken", i < 30)));
    }
    try (HikariDataSource pool = SinkDatabase.open(config, new SimpleMeterRegistry())) {
      LogStore store =
          new PostgresLogStore(
              pool,
              new PartitionKeeper(pool, new PartitionCalendar(Clock.systemUTC(), 0)),
              "writer");
      new TestBatch(store, records.toArray(SinkRecord[]::new))
          .moving(partition, Advance.NONE, 100)
          .write(refusals -> assertThat(refusals).isEmpty());
    }

    assertThat(alerts("model errors"))
        .containsExactly(
            "CRITICAL|30 of 100 calls of openai:broken failed in the last hour (30.0 %)",
            "WARNING|8 of 100 calls of openai:shaky failed in the last hour (8.0 %)");
    assertThat(
            database.rows("SELECT task, calls, errors FROM querytrail_ops.v_ai_task_performance"))
        .containsExactly("GENERATE|300|42");
    assertThat(
            database.value("SELECT sum(requests) FROM querytrail_ops.v_query_performance_trends"))
        .isEqualTo("100");
  }

  private static Attempt call(String model, boolean failed) {
    return new Attempt(
        1,
        "openai",
        model,
        null,
        "GENERATE",
        true,
        TestRecords.NOW,
        5,
        failed ? "server_error" : null,
        failed ? 500 : null,
        Tokens.ZERO,
        BigDecimal.ZERO,
        false);
  }

  @Test
  void showsTheReaderAllOfItAndAReaderOfAnAccountNothing() throws Exception {
    TestRoles.create(config);
    SinkDatabase.migrate(database.dataSource());
    OperationsReport report =
        new OperationsReport(new TestDatabase(TestRoles.as(LogRoles.READER, config)).dataSource());
    for (View view : View.values()) {
      assertThat(report.read(view).columns()).as("%s", view).isNotEmpty();
    }
    assertThat(
            new TestDatabase(TestRoles.as(LogRoles.WRITER, config))
                .value("SELECT querytrail_ops.record_performance_metrics() > 0"))
        .isEqualTo("t");
    assertThat(
            database.value(
                "SELECT has_schema_privilege('querytrail_account_reader', 'querytrail_ops', 'USAGE')"))
        .isEqualTo("f");
  }
}
