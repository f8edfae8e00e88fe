package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.MonthPartitions.Part;
import io.querytrail.sink.postgres.MonthPartitions.RefusedException;
import io.querytrail.sink.postgres.MonthPartitions.State;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** Months that leave the log and come back. */
final class MonthPartitionsIT {
  private static final Clock NOVEMBER =
      Clock.fixed(Instant.parse("2026-11-15T12:00:00Z"), ZoneOffset.UTC);
  private static final YearMonth MARCH = YearMonth.of(2026, 3);
  private static final String LOG = "ai_query_log";

  @TempDir Path directory;

  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private final PartitionCalendar calendar = new PartitionCalendar(NOVEMBER, 3);
  private HikariDataSource pool;
  private MonthPartitions months;

  @BeforeEach
  void migrate() throws Exception {
    pool = SinkDatabase.open(config, new SimpleMeterRegistry());
    SinkDatabase.migrate(pool);
    PartitionKeeper keeper = new PartitionKeeper(pool, calendar);
    keeper.keepAhead();
    keeper.ensureFor(List.of(YearMonth.of(2026, 3), YearMonth.of(2026, 4)));
    months = new MonthPartitions(pool, calendar);
    for (int i = 0; i < 20; i++) {
      insert("m" + i, "2026-03-" + (i + 10));
    }
    insert("april", "2026-04-10");
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private void insert(String id, String day) throws Exception {
    database.execute(
        """
        INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
          request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
          verdict, cost, settings_id, chain_hash, natural_query, relations, violations)
        VALUES ('%s 10:00+00', now(), 1, 1, 1, 0, 0, 0, 0, false, false, true, '%s', 'a', 'u', 'APPROVED', 1.5, 0, '00',
          E'tab\\tline\\nback\\\\slash', '["shop.orders"]', '[{"rule": "X"}]')
        """
            .formatted(day, id));
  }

  private State state(YearMonth month) throws Exception {
    return months.list(List.of(LOG)).stream()
        .filter(part -> month.equals(part.month()))
        .findFirst()
        .map(Part::state)
        .orElseThrow();
  }

  private String count(String table) throws Exception {
    return database.value("SELECT count(*) FROM " + table);
  }

  @Test
  void takesAMonthOutAndPutsItBackWithWhatCameMeanwhile() throws Exception {
    assertThat(months.detach(LOG, MARCH)).isTrue();
    assertThat(months.detach(LOG, MARCH)).isFalse();
    assertThat(state(MARCH)).isEqualTo(State.DETACHED);
    assertThat(count(LOG)).isEqualTo("1");
    // A late row of that month is kept, where it does not bring the month back by itself.
    insert("late", "2026-03-20");
    assertThat(
            months.list(List.of(LOG)).stream()
                .filter(part -> part.state() == State.DEFAULT)
                .map(Part::rows))
        .containsExactly(1L);

    assertThat(months.attach(LOG, MARCH)).isTrue();

    assertThat(state(MARCH)).isEqualTo(State.ATTACHED);
    assertThat(count(LOG)).isEqualTo("22");
    assertThat(count("ai_query_log_2026_03")).isEqualTo("21");
    assertThat(count("ai_query_log_default")).isEqualTo("0");
    assertThat(database.rows("SELECT event FROM partition_events ORDER BY happened_at"))
        .containsExactly("DETACHED", "ATTACHED");
  }

  @Test
  void neverTouchesTheCurrentMonthOrALaterOne() {
    for (YearMonth month : List.of(YearMonth.of(2026, 11), YearMonth.of(2026, 12))) {
      assertThatThrownBy(() -> months.detach(LOG, month))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("is not over");
      assertThatThrownBy(() -> months.drop(LOG, month, null)).isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void dropsOnlyWhatIsDetachedAndAsItWasArchived() throws Exception {
    assertThatThrownBy(() -> months.drop(LOG, MARCH, null)).hasMessageContaining("detach it first");
    months.detach(LOG, MARCH);
    PartitionArchive.Written written = months.archive(LOG, MARCH, directory);
    database.execute("DELETE FROM ai_query_log_2026_03 WHERE request_id = 'm3'");

    assertThatThrownBy(() -> months.drop(LOG, MARCH, written))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has 19 rows and its archive 20");
    PartitionArchive.Written again = months.archive(LOG, MARCH, directory);
    Files.writeString(again.file(), "spoilt");
    assertThatThrownBy(() -> months.drop(LOG, MARCH, again))
        .hasMessageContaining("is not what was written");

    months.drop(LOG, MARCH, months.archive(LOG, MARCH, directory));
    assertThat(database.value("SELECT to_regclass('ai_query_log_2026_03') IS NULL")).isEqualTo("t");
  }

  @Test
  void writesAnArchiveThatBringsEveryRowBack() throws Exception {
    String rows = "SELECT * FROM ai_query_log ORDER BY created_at, request_id";
    List<String> before = database.rows(rows);
    months.detach(LOG, MARCH);
    PartitionArchive.Written written = months.archive(LOG, MARCH, directory);
    months.drop(LOG, MARCH, written);
    assertThat(Files.readString(directory.resolve("ai_query_log_2026_03.sha256")))
        .isEqualTo(written.sha256() + "  ai_query_log_2026_03.copy.gz\n");

    database.execute(Files.readString(directory.resolve("ai_query_log_2026_03.schema.sql")));
    try (Connection connection = pool.getConnection();
        InputStream data = new GZIPInputStream(Files.newInputStream(written.file()))) {
      assertThat(
              connection
                  .unwrap(PGConnection.class)
                  .getCopyAPI()
                  .copyIn("COPY public.ai_query_log_2026_03 FROM STDIN", data))
          .isEqualTo(20);
    }
    months.attach(LOG, MARCH);

    assertThat(database.rows(rows)).isEqualTo(before);
  }

  @Test
  void keepsSoManyMonthsOfEachTable() throws Exception {
    Retention retention = new Retention(months, 7, directory);
    assertThat(retention.due(List.of(LOG))).extracting(Part::month).containsExactly(MARCH);

    retention.run();

    assertThat(count(LOG)).isEqualTo("1");
    assertThat(directory.resolve("ai_query_log_2026_03.copy.gz")).exists();
    assertThat(directory.resolve("llm_attempts_2026_03.copy.gz")).exists();
    assertThat(
            database.value(
                """
                SELECT string_agg(event, ' ' ORDER BY happened_at), max(row_count) FROM partition_events
                WHERE table_name = 'ai_query_log'
                """))
        .isEqualTo("DETACHED ARCHIVED DROPPED|20");
    retention.run();
    assertThat(count(LOG)).isEqualTo("1");
  }

  @Test
  void letsSeveralCallersDoTheSame() throws Exception {
    List<Callable<Boolean>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      MonthPartitions own = new MonthPartitions(pool, calendar);
      callers.add(() -> own.detach(LOG, MARCH));
    }
    int did = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> done : threads.invokeAll(callers)) {
        did += done.get() ? 1 : 0;
      }
    }

    assertThat(did).isEqualTo(1);
    assertThat(count("partition_events")).isEqualTo("1");
  }

  @Test
  void letsALongReaderFinishAndOthersReadMeanwhile() throws Exception {
    try (Connection reader = pool.getConnection();
        Statement statement = reader.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM ai_query_log");

      Future<Boolean> detached = threads.submit(() -> months.detach(LOG, MARCH));
      // Others read and write all the while: nobody queues behind the lock for long.
      for (int i = 0; i < 20; i++) {
        insert("while" + i, "2026-04-11");
        assertThat(count(LOG)).isNotEqualTo("0");
      }
      assertThat(detached).isNotDone();
      reader.rollback();

      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(detached).isDone());
      assertThat(detached.get()).isTrue();
    }
  }

  @Test
  void reportsStrays() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    StrayRows strays = new StrayRows(months, registry);
    strays.look();
    assertThat(registry.get("querytrail.sink.stray.rows").gauge().value()).isZero();

    insert("stray", "1999-01-01");
    insert("early", "2027-09-01");
    strays.look();
    assertThat(registry.get("querytrail.sink.stray.rows").gauge().value()).isEqualTo(2);

    // The right partition comes, and takes its row.
    database.execute("SELECT ensure_month_partition('ai_query_log', '2027-09-01')");
    strays.look();
    assertThat(registry.get("querytrail.sink.stray.rows").gauge().value()).isEqualTo(1);
  }

  @Test
  void refreshesThePercentilesOnceForAllInstances() throws Exception {
    database.execute(
        """
        INSERT INTO llm_attempts (created_at, started_at, chain_sequence, latency_ms, ordinal, attempt, sent, estimated,
          correction, account, provider, model, purpose, cost)
        SELECT now(), now(), 1, ms, 1, 1, true, false, false, 'a', 'openai', 'm', 'GENERATE', 0
        FROM generate_series(1, 100) ms
        """);
    List<Callable<Boolean>> instances = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      PercentileViews views = new PercentileViews(pool, Duration.ofHours(1));
      instances.add(() -> {
        views.refresh();
        return true;
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> done : threads.invokeAll(instances)) {
        assertThat(done.get()).isTrue();
      }
    }

    assertThat(
            database.value("SELECT sum(calls), max(p50_ms), max(p95_ms) FROM model_latency_daily"))
        .isEqualTo("100|50.5|95.05");
    String first = database.value("SELECT finished_at FROM upkeep_runs");
    new PercentileViews(pool, Duration.ofHours(1)).refresh();
    assertThat(database.value("SELECT finished_at FROM upkeep_runs")).isEqualTo(first);
  }
}
