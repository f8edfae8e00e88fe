package io.querytrail.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import io.querytrail.sink.postgres.SinkDatabase;
import io.querytrail.sink.report.CostReport;
import io.querytrail.sink.report.CostReport.GroupKey;
import io.querytrail.sink.report.LogCursor;
import io.querytrail.sink.report.LogFilter;
import io.querytrail.sink.report.LogQuery;
import io.querytrail.sink.report.RequestStories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast a log of two years is read. Settings, as system properties: {@code bench.rows}
 * (10,000,000), {@code bench.dir}.
 */
public final class LogReport {
  private static final int ROWS = Integer.getInteger("bench.rows", 10_000_000);
  private static final Path DIRECTORY =
      Path.of(System.getProperty("bench.dir", "target/bench-log"));
  private static final int MONTHS = 24;
  private static final int ACCOUNTS = 200;
  private static final int RUNS = 200;
  private static final int PAGE = 50;
  private static final YearMonth FIRST = YearMonth.of(2024, 11);

  /** A month of rows at once: 200 accounts with 10 users each, texts as in the sink's benchmark. */
  private static final String FILL =
      """
      INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence,
        input_tokens, output_tokens, queue_ms, schema_ms, model_ms, explain_ms, safety_us, plan_cost, plan_rows,
        kafka_partition, request_partition, row_cap, attempts, repairs, cache_hit, degraded, usage_complete, request_id,
        account, user_id, team, datasource, verdict, provider, model, cost, settings_id, trace_id,
        chain_hash, natural_query, generated_sql, approved_edits, relations, violations)
      SELECT t, t + interval '900 ms', i, i, i, 1000, 80, 2, 1, 880, 3, 250, 120.5, 100, i % 16, 0, 1000, 1, 0, false,
        false, true, gen_random_uuid(), 'account-' || i * 7919 % 200, 'user-' || i % 10, 'team-' || i % 3, 'shop',
        CASE WHEN i % 7 = 0 THEN 'REJECTED' ELSE 'APPROVED' END, 'openai',
        (ARRAY['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-nano'])[1 + i % 3],
        (i % 1000)::numeric / 1000000, 1 + i * 7919 % 200, hex_bytes(md5(i::text)), hex_bytes(encode(sha256(i::text::bytea), 'hex')), rpad('which customers ' || i, 120, ' of the region'),
        CASE WHEN i % 7 > 0 OR i % 2 = 0 THEN rpad('SELECT ' || i, 300, ' total, shop.orders') END,
        CASE WHEN i % 7 > 0 THEN '=300+11: LIMIT 1000' END,
        '["shop.customers", "shop.orders"]',
        CASE WHEN i % 7 = 0 AND i % 2 = 0 THEN '[{"rule": "RELATION_NOT_ALLOWED"}]'::jsonb END
      FROM generate_series(?::bigint, ?::bigint) i,
        LATERAL (SELECT ?::timestamptz + (i - ?) * ?::interval) AS s (t)
      """;

  private static final String FILL_CALLS =
      """
      INSERT INTO llm_attempts (created_at, started_at, chain_sequence, latency_ms, input_tokens, output_tokens, ordinal,
        attempt, http_status, sent, estimated, correction, account, provider, model, response_suffix, purpose,
        currency, cost)
      SELECT created_at, created_at, chain_sequence, 500 + kafka_offset % 900, input_tokens, output_tokens, 1, 1, 200, true,
        false, false, account, provider, model, '-2026-08-01', 'GENERATE', 'USD', cost
      FROM ai_query_log WHERE created_at >= ?::timestamptz AND created_at < ?::timestamptz
      """;

  private interface Run {
    void once(SplittableRandom random) throws SQLException;
  }

  private final HikariDataSource pool;

  private LogReport(HikariDataSource pool) {
    this.pool = pool;
  }

  /** Fills and measures. */
  public static void main(String[] args) throws Exception {
    Logs.onlyErrors();
    Path run = Files.createTempDirectory(Files.createDirectories(DIRECTORY), "run");
    try (EmbeddedPostgres server =
        EmbeddedPostgres.start(
            run.resolve("postgres"),
            0,
            Map.of("shared_buffers", "1GB", "max_wal_size", "8GB", "work_mem", "64MB"))) {
      server.createDatabaseIfAbsent("log");
      DatabaseConfig config =
          new DatabaseConfig(
              server.jdbcUrl("log") + "?socketTimeout=0",
              server.superuser(),
              new Secret(server.password()),
              null);
      try (HikariDataSource pool = SinkDatabase.open(config, new SimpleMeterRegistry())) {
        SinkDatabase.migrate(pool);
        LogReport report = new LogReport(pool);
        report.execute(
            """
            INSERT INTO request_settings (account, currency, price_version, chain_key_id)
            SELECT 'account-' || i, 'USD', '2026-11-01', 'k1' FROM generate_series(0, 199) i ORDER BY i
            """);
        report.fill();
        report.measure();
      }
    } finally {
      delete(run);
    }
  }

  private void fill() throws SQLException {
    System.out.printf("filling %,d rows over %d months%n", ROWS, MONTHS);
    int perMonth = ROWS / MONTHS;
    for (int m = 0; m < MONTHS; m++) {
      YearMonth month = FIRST.plusMonths(m);
      String start = month.atDay(1) + " 00:00+00";
      long first = (long) m * perMonth;
      double seconds = month.lengthOfMonth() * 86_400.0 / perMonth;
      execute(
          "SELECT ensure_month_partition(t, '%s') FROM unnest(ARRAY['ai_query_log', 'llm_attempts', 'query_corrections', 'query_executions', 'query_performance_metrics']) t"
              .formatted(month.atDay(1)));
      update(FILL, first, first + perMonth - 1, start, first, seconds + " seconds");
      update(FILL_CALLS, start, month.plusMonths(1).atDay(1) + " 00:00+00");
      execute("SELECT recompute_rollups('%s')".formatted(month.atDay(1)));
    }
    execute("VACUUM ANALYZE");
    execute("CHECKPOINT");
  }

  private void measure() throws SQLException {
    LocalDate month = FIRST.plusMonths(MONTHS - 4).atDay(1);
    CostReport costs = new CostReport(pool);
    RequestStories stories = new RequestStories(pool);
    List<String> ids = ids();
    LocalDate end = month.plusMonths(1);
    print(
        "report cost, a month by account and model",
        random -> costs.rows(List.of(GroupKey.ACCOUNT, GroupKey.MODEL), month, end));
    print(
        "report cost, a month by user and day",
        random -> costs.rows(List.of(GroupKey.USER, GroupKey.DAY), month, end));
    LogQuery log = new LogQuery(pool);
    print(
        "log page of all accounts, at any depth",
        random -> log.page(LogFilter.NONE, anyPlace(random), PAGE));
    print(
        "log page of an account, at any depth",
        random ->
            log.page(filter("account-" + random.nextInt(ACCOUNTS), null), anyPlace(random), PAGE));
    print(
        "log page of a user, at any depth",
        random -> {
          int account = random.nextInt(ACCOUNTS);
          log.page(filter("account-" + account, "user-" + account % 10), anyPlace(random), PAGE);
        });
    print("show by id", random -> stories.find(ids.get(random.nextInt(ids.size())), null));
    explain();
  }

  private List<String> ids() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT array_agg(request_id) FROM (SELECT request_id FROM ai_query_log"
                    + " TABLESAMPLE SYSTEM (1) ORDER BY random() LIMIT 2000) AS picked")) {
      rows.next();
      return List.of((String[]) rows.getArray(1).getArray());
    }
  }

  private static LogCursor anyPlace(SplittableRandom random) {
    long first = FIRST.atDay(1).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    long last = FIRST.plusMonths(MONTHS).atDay(1).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    return new LogCursor(Instant.ofEpochSecond(random.nextLong(first, last)), "m", "account-1");
  }

  private static LogFilter filter(@Nullable String account, @Nullable String user) {
    return new LogFilter(
        account, user, null, null, null, null, null, null, null, null, null, null, null);
  }

  private static void print(String what, Run run) throws SQLException {
    SplittableRandom random = new SplittableRandom(7);
    double[] millis = new double[RUNS];
    for (int i = -RUNS / 4; i < RUNS; i++) {
      long begun = System.nanoTime();
      run.once(random);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - begun) / 1e6;
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        "%-44smedian %8.2f ms, p95 %8.2f ms%n",
        what, millis[RUNS / 2], millis[(int) (RUNS * 0.95)]);
  }

  private void explain() throws SQLException {
    YearMonth month = FIRST.plusMonths(MONTHS - 4);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                EXPLAIN (COSTS OFF) SELECT created_at, verdict, cost FROM ai_query_log
                WHERE account = 'account-7' AND created_at >= '%s' AND created_at < '%s' ORDER BY created_at DESC LIMIT 50
                """
                    .formatted(month.atDay(1), month.plusMonths(1).atDay(1)))) {
      System.out.println("a month of one account reads, of " + MONTHS + " partitions:");
      while (rows.next()) {
        System.out.println("  " + rows.getString(1));
      }
    }
  }

  private void update(String sql, Object... parameters) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
