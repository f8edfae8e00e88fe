package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.partition.PartitionCalendar;
import java.io.InputStream;
import java.time.Clock;
import java.time.YearMonth;
import java.util.Objects;
import java.util.zip.CRC32;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** A database that the first release filled, brought up to the newest one. */
final class MigrationIT {
  private static final String MIGRATIONS = "/io/querytrail/sink/migration/";
  private static final long FIRST_RELEASE_CRC32 = 2951603025L;
  private static final int ROWS = 600;

  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);

  /** Flyway would refuse a database that had the other text. */
  @Test
  void leavesTheFirstReleaseAsItWas() throws Exception {
    CRC32 checksum = new CRC32();
    try (InputStream sql =
        Objects.requireNonNull(
            MigrationIT.class.getResourceAsStream(MIGRATIONS + "V1__first_release.sql"))) {
      checksum.update(sql.readAllBytes());
    }

    assertThat(checksum.getValue()).isEqualTo(FIRST_RELEASE_CRC32);
  }

  @Test
  void bringsAFilledDatabaseFromTheFirstReleaseToTheNewest() throws Exception {
    try (HikariDataSource pool = SinkDatabase.open(config, new SimpleMeterRegistry())) {
      // Given the first release's tables with three months of rows
      first(pool);
      fill();
      database.execute("CREATE TABLE ai_query_log_2025_01 (LIKE ai_query_log)");
      String before =
          database.value(
              "SELECT count(*), sum(cost), min(created_at), max(created_at) FROM ai_query_log");
      String daily = database.value("SELECT count(*), sum(requests), sum(cost) FROM cost_daily");
      String wide =
          """
          SELECT md5(string_agg(concat_ws('|', request_id, account, natural_query, generated_sql, approved_sql, relations,
            currency, price_version, schema_fingerprint, prompt_version, trace_id, chain_key_id, chain_hash, attempts,
            input_tokens, queue_ms, plan_cost, cost), ',' ORDER BY request_id)) FROM %s
          """;
      String rows = database.value(wide.formatted("ai_query_log"));

      // When the newest release starts
      SinkDatabase.migrate(pool);

      // Then all rows are there, and the new sums are theirs
      assertThat(
              database.value(
                  "SELECT count(*), sum(cost), min(created_at), max(created_at) FROM ai_query_log"))
          .isEqualTo(before);
      assertThat(database.value("SELECT count(*), sum(requests), sum(cost) FROM cost_daily"))
          .isEqualTo(daily);
      assertThat(database.value("SELECT sum(requests), sum(cost) FROM cost_monthly"))
          .isEqualTo(database.value("SELECT sum(requests), sum(cost) FROM cost_daily"));
      assertThat(database.value("SELECT count(*) FROM cost_monthly")).isEqualTo("3");
      assertThat(
              database.value(
                  """
                  SELECT sum(requests), sum(calls), sum(cost),
                    (SELECT sum(n) FROM query_performance_metrics, unnest(latency_counts) AS n)
                  FROM query_performance_metrics
                  """))
          .isEqualTo(
              "%d|%d|%s|%d"
                  .formatted(
                      ROWS, ROWS, database.value("SELECT sum(cost) FROM ai_query_log"), ROWS));
      assertThat(
              database.rows(
                  """
                  SELECT latency_percentile_ms(sum_latency_counts(latency_counts), 0.5),
                    latency_percentile_ms(sum_latency_counts(latency_counts), 1)
                  FROM query_performance_metrics
                  """))
          .containsExactly("250|500");
      assertThat(database.value("SELECT count(*) FROM query_performance_metrics_default"))
          .isEqualTo("0");

      // And a month that was out of the log can come back
      database.execute(
          """
          ALTER TABLE ai_query_log ATTACH PARTITION ai_query_log_2025_01
            FOR VALUES FROM ('2025-01-01+00') TO ('2025-02-01+00')
          """);

      // And read as they were, from narrower columns
      assertThat(database.value(wide.formatted("query_log"))).isEqualTo(rows);
      assertThat(database.value("SELECT count(*), min(currency) FROM request_settings"))
          .isEqualTo("2|USD");
      assertThat(
              database.value(
                  "SELECT pg_typeof(chain_hash), min(length(chain_hash)) FROM ai_query_log GROUP BY 1"))
          .isEqualTo("bytea|32");
      assertThat(database.value("SELECT count(*) FROM query_attempts WHERE request_id = 'r7'"))
          .isEqualTo("1");

      // And the sums made anew from the rows are the same
      String kept =
          database.rows("SELECT * FROM cost_daily ORDER BY 1, 2, 3, 4, 5, 6, 7, 8").toString();
      database.execute(
          "SELECT recompute_rollups(month) FROM (SELECT DISTINCT month FROM cost_monthly) AS m");
      assertThat(
              database.rows("SELECT * FROM cost_daily ORDER BY 1, 2, 3, 4, 5, 6, 7, 8").toString())
          .isEqualTo(kept);
    }
  }

  /** Such as one that comes back from its archive. */
  @Test
  void takesBackAMonthOfTheFirstReleasesForm() throws Exception {
    try (HikariDataSource pool = SinkDatabase.open(config, new SimpleMeterRegistry())) {
      first(pool);
      fill();
      String september = "SELECT count(*), sum(cost), min(chain_hash) FROM %s";
      String before = database.value(september.formatted("ai_query_log_2026_09"));
      database.execute(
          """
          CREATE TABLE kept (LIKE ai_query_log_2026_09 INCLUDING ALL);
          INSERT INTO kept SELECT * FROM ai_query_log_2026_09;
          CREATE TABLE kept_calls (LIKE llm_attempts_2026_09 INCLUDING ALL);
          INSERT INTO kept_calls SELECT * FROM llm_attempts_2026_09;
          DROP TABLE ai_query_log_2026_09, llm_attempts_2026_09
          """);
      SinkDatabase.migrate(pool);
      database.execute(
          """
          ALTER TABLE kept RENAME TO ai_query_log_2026_09;
          ALTER TABLE kept_calls RENAME TO llm_attempts_2026_09
          """);
      MonthPartitions months =
          new MonthPartitions(pool, new PartitionCalendar(Clock.systemUTC(), 0));

      assertThat(months.attach("ai_query_log", YearMonth.of(2026, 9))).isTrue();
      assertThat(months.attach("llm_attempts", YearMonth.of(2026, 9))).isTrue();

      assertThat(
              database.value(
                  september.formatted("query_log")
                      + " WHERE created_at >= '2026-09-01 00:00+00' AND created_at < '2026-10-01 00:00+00'"))
          .isEqualTo(before);
      assertThat(database.value("SELECT count(*) - count(DISTINCT request_id) FROM query_attempts"))
          .isEqualTo("0");
      assertThat(database.value("SELECT count(*) FROM query_attempts")).isEqualTo("" + ROWS);
    }
  }

  private static void first(HikariDataSource pool) {
    Flyway.configure()
        .dataSource(pool)
        .locations("classpath:" + MIGRATIONS.substring(1))
        .table("querytrail_schema_history")
        .defaultSchema("public")
        .createSchemas(false)
        .target("1")
        .load()
        .migrate();
  }

  private void fill() throws Exception {
    database.execute(
        """
        SELECT ensure_month_partition(t, m::date)
        FROM unnest(ARRAY['ai_query_log', 'llm_attempts']) t,
          generate_series('2026-08-01'::timestamp, '2026-10-01', '1 month') m;

        INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
          request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
          verdict, provider, model, currency, cost, chain_key_id, chain_hash, natural_query, generated_sql, approved_sql,
          relations, trace_id, schema_fingerprint, input_tokens, queue_ms, plan_cost)
        SELECT t, t + CASE WHEN i %% 4 = 0 THEN interval '251 ms' ELSE interval '250 ms' END, i, i, i, 0, 0, 1, 0,
          false, false, true, 'r' || i, 'a', 'u' || i %% 5, CASE WHEN i %% 10 = 0 THEN 'REJECTED' ELSE 'APPROVED' END,
          'openai', 'm', 'USD', 0.01, 'k', encode(sha256(i::text::bytea), 'hex'), 'How many?', 'SELECT ' || i,
          'SELECT ' || i || ' LIMIT 5', ARRAY['shop.a', 'shop."b,c"'], CASE WHEN i %% 7 > 0 THEN md5(i::text) END,
          CASE WHEN i %% 3 > 0 THEN 'f' END, 100, 5, 12.5
        FROM generate_series(1, %1$d) i, LATERAL (SELECT '2026-08-02 10:00+00'::timestamptz + i * interval '3 hours') s (t);

        INSERT INTO llm_attempts (created_at, started_at, chain_sequence, latency_ms, input_tokens, output_tokens, ordinal,
          attempt, sent, estimated, correction, request_id, account, provider, model, purpose, currency, cost)
        SELECT created_at, created_at, chain_sequence, 200, 100, 20, 1, 1, true, false, false, request_id, account,
          provider, model, 'GENERATE', currency, cost
        FROM ai_query_log;

        INSERT INTO cost_daily
        SELECT (created_at AT TIME ZONE 'UTC')::date, account, '', user_id, '', provider, model, currency, count(*),
          count(*) FILTER (WHERE verdict = 'APPROVED'), count(*) FILTER (WHERE verdict = 'REJECTED'), 100 * count(*), 0, 0,
          20 * count(*), 0, sum(cost)
        FROM ai_query_log GROUP BY 1, 2, 4, 6, 7, 8
        """
            .formatted(ROWS));
  }
}
