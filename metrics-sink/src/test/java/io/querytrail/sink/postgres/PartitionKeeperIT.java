package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.partition.PartitionCalendar;
import java.sql.SQLException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PartitionKeeperIT {
  private static final Clock NOVEMBER =
      Clock.fixed(Instant.parse("2026-11-30T23:59:59Z"), ZoneOffset.UTC);

  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private HikariDataSource pool;

  @BeforeEach
  void migrate() {
    pool = SinkDatabase.open(config, new SimpleMeterRegistry());
    SinkDatabase.migrate(pool);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private PartitionKeeper keeper() {
    return new PartitionKeeper(pool, new PartitionCalendar(NOVEMBER, 3));
  }

  private List<String> partitions(String table) throws SQLException {
    return database.rows(
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = ?::regclass ORDER BY 1::text",
        table);
  }

  @Test
  void makesTheCurrentMonthAndThoseAheadForEachTable() throws Exception {
    keeper().keepAhead();

    for (String table : PartitionKeeper.TABLES) {
      assertThat(partitions(table))
          .containsExactlyInAnyOrder(
              table + "_2026_11",
              table + "_2026_12",
              table + "_2027_01",
              table + "_2027_02",
              table + "_default");
    }
  }

  @Test
  void boundsMonthsInUtcWhateverTheSession() throws Exception {
    database.execute("ALTER ROLE CURRENT_USER SET TimeZone = 'Pacific/Auckland'");
    try {
      keeper().keepAhead();
    } finally {
      database.execute("ALTER ROLE CURRENT_USER RESET TimeZone");
    }

    assertThat(
            database.value(
                """
                SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'ai_query_log_2026_12'
                """))
        .contains("2026-12-01 00:00:00+00", "2027-01-01 00:00:00+00");
  }

  @Test
  void leavesRoomWhereMinutesGrow() throws Exception {
    keeper().keepAhead();

    assertThat(options("query_performance_metrics_2026_12")).isEqualTo("{fillfactor=70}");
    assertThat(options("llm_attempts_2026_12")).isEmpty();
  }

  @Test
  void hasAutovacuumLookOftenAtTheCurrentMonthAlone() throws Exception {
    keeper().keepAhead();
    assertThat(options("llm_attempts_2026_11"))
        .isEqualTo(
            "{autovacuum_vacuum_scale_factor=0.02,autovacuum_vacuum_insert_scale_factor=0.02,"
                + "autovacuum_analyze_scale_factor=0.02}");

    Clock december = Clock.offset(NOVEMBER, Duration.ofMinutes(1));
    new PartitionKeeper(pool, new PartitionCalendar(december, 3)).keepAhead();

    assertThat(options("llm_attempts_2026_11")).isEmpty();
    assertThat(options("ai_query_log_2026_11")).isEmpty();
    assertThat(options("ai_query_log_2026_12")).contains("autovacuum_vacuum_scale_factor=0.02");
  }

  private String options(String table) throws SQLException {
    return database.value("SELECT reloptions FROM pg_class WHERE relname = ?", table);
  }

  @Test
  void movesRowsOutOfTheDefaultPartition() throws Exception {
    for (String day :
        List.of("2026-10-31 23:59:59+00", "2026-11-01 00:00+00", "2026-11-30 12:00+00")) {
      database.execute(
          """
          INSERT INTO query_executions (created_at, executed_at, execution_time_ms, kafka_offset, kafka_partition,
            request_id, account, execution_id, status, executor)
          VALUES ('%s', now(), 1, 1, 1, 'r', 'a', 'e', 'SUCCEEDED', 'test')
          """
              .formatted(day));
    }

    keeper().keepAhead();

    assertThat(database.rows("SELECT tableoid::regclass FROM query_executions ORDER BY created_at"))
        .containsExactly(
            "query_executions_default", "query_executions_2026_11", "query_executions_2026_11");
  }

  @Test
  void givesLateMonthsAPartitionButNotImpossibleOnes() throws Exception {
    keeper()
        .ensureFor(List.of(YearMonth.of(2024, 2), YearMonth.of(1980, 1), YearMonth.of(2050, 1)));

    assertThat(partitions("ai_query_log"))
        .containsExactlyInAnyOrder("ai_query_log_2024_02", "ai_query_log_default");
  }

  @Test
  void letsSeveralInstancesDoItAtOnce() throws Exception {
    List<Callable<Boolean>> instances = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      PartitionKeeper keeper = keeper();
      instances.add(() -> {
        keeper.keepAhead();
        return true;
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> done : threads.invokeAll(instances)) {
        assertThat(done.get()).isTrue();
      }
    }

    assertThat(partitions("llm_attempts")).hasSize(5);
  }

  @Test
  void leavesADetachedMonthAlone() throws Exception {
    PartitionKeeper keeper = keeper();
    keeper.keepAhead();
    database.execute("ALTER TABLE ai_query_log DETACH PARTITION ai_query_log_2026_11");

    keeper().keepAhead();

    assertThat(partitions("ai_query_log")).doesNotContain("ai_query_log_2026_11");
  }

  @Test
  void setsARunTimeWithoutTouchingAnIndex() throws Exception {
    assertThat(
            database.value(
                """
                SELECT count(*) FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indrelid = 'ai_query_log'::regclass AND a.attname = 'execution_time_ms'
                """))
        .isEqualTo("0");
  }

  @Test
  void migratesADatabaseThatOthersUseToo() throws Exception {
    DatabaseConfig shared = TestServers.newDatabase();
    TestDatabase sharedDatabase = new TestDatabase(shared);
    sharedDatabase.execute("CREATE TABLE somebody_elses (id int)");
    try (HikariDataSource sharedPool = SinkDatabase.open(shared, new SimpleMeterRegistry())) {
      SinkDatabase.migrate(sharedPool);
      SinkDatabase.migrate(sharedPool);
    }

    assertThat(sharedDatabase.value("SELECT count(*) FROM ai_query_log")).isEqualTo("0");
  }
}
