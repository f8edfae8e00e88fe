package io.querytrail.sink.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.postgres.SinkDatabase;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads the plan of every query that the reports make, on six months of rows. Sequential scans are
 * priced out, so one is left only where no index would do: on more than one partition of a table
 * that is a failure.
 */
final class IndexUseIT {
  private static final int MONTHS = 6;
  private static final String PLAN = "Plan";

  private static final DatabaseConfig CONFIG = TestServers.newDatabase();
  private static HikariDataSource pool;

  private final ObjectMapper json = new ObjectMapper();
  private final List<JsonNode> plans = new ArrayList<>();

  @BeforeAll
  static void fill() throws Exception {
    pool = SinkDatabase.open(CONFIG, new SimpleMeterRegistry());
    SinkDatabase.migrate(pool);
    new TestDatabase(CONFIG)
        .execute(
            """
            SELECT ensure_month_partition(t, m::date)
            FROM unnest(ARRAY['ai_query_log', 'llm_attempts', 'query_corrections', 'query_executions',
                'query_performance_metrics']) t,
              generate_series('2026-01-01'::timestamp, '2026-06-01', '1 month') m;

            WITH s AS (
              INSERT INTO request_settings (account, currency, chain_key_id) VALUES ('a0', 'USD', 'k') RETURNING id)
            INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
              request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
              verdict, provider, model, settings_id, cost, chain_hash, natural_query, violations)
            SELECT t, t, i, i, i, 0, 0, 1, 0, i % 3 = 0, false, true, 'r' || i, 'a' || i % 20, 'u' || i % 50,
              CASE WHEN i % 10 = 0 THEN 'REJECTED' ELSE 'APPROVED' END, 'openai', 'm', (SELECT id FROM s), 0.01, '00', 'How many?',
              CASE WHEN i % 10 = 0 THEN '[{"rule": "PLAN_COST"}]'::jsonb END
            FROM generate_series(0, 5999) i, LATERAL (SELECT '2026-01-01 10:00+00'::timestamptz + i * interval '43 min') s (t);

            INSERT INTO llm_attempts (created_at, started_at, chain_sequence, latency_ms, ordinal, attempt, sent, estimated,
              correction, account, provider, model, purpose, currency, cost)
            SELECT created_at, created_at, chain_sequence, 200, 1, 1, true, false, false, account,
              provider, model, 'GENERATE', 'USD', cost
            FROM ai_query_log;
            SELECT recompute_rollups(m::date) FROM generate_series('2026-01-01'::timestamp, '2026-06-01', '1 month') m;
            ANALYZE
            """);
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  @Test
  void reportsCostWithoutReadingTheLog() throws Exception {
    CostReport report = new CostReport(explaining());
    LocalDate march = LocalDate.of(2026, 3, 1);
    report.rows(List.of(GroupKey.ACCOUNT, GroupKey.MODEL), march, march.plusMonths(1));
    report.rows(List.of(GroupKey.USER, GroupKey.DAY), march, march.plusMonths(1));
    report.rows(List.of(GroupKey.ACCOUNT), march.plusDays(3), march.plusDays(9));

    assertThat(plans).hasSize(3);
    assertThat(relations()).containsOnly("cost_monthly", "cost_daily");
    assertThat(plans.getFirst().toString()).contains("cost_monthly").doesNotContain("cost_daily");
    assertNoScan();
  }

  @Test
  void tellsAStoryByIndexesAlone() throws Exception {
    RequestStories stories = new RequestStories(explaining());

    assertThat(stories.find("r1234", null)).hasSize(1);

    assertThat(plans).hasSize(4);
    assertThat(indexes(plans.getFirst()))
        .hasSize(MONTHS + 2)
        .allSatisfy(index -> assertThat(index).containsAnyOf("request_id", "request_settings"));
    // The parts of a story are in its month alone; calls are found by their record, of one of two
    // tables.
    assertThat(plans.subList(1, 4)).map(IndexUseIT::scanned).containsExactly(3L, 1L, 1L);
    assertNoScan();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ai_query_log_account|SELECT * FROM ai_query_log WHERE account = 'a1' ORDER BY date_trunc('minute', created_at AT TIME ZONE 'UTC') DESC, created_at DESC LIMIT 20",
        "ai_query_log_user|SELECT * FROM ai_query_log WHERE account = 'a1' AND user_id = 'u1' ORDER BY created_at DESC LIMIT 20",
        "ai_query_log_rejected|SELECT * FROM ai_query_log WHERE account = 'a10' AND verdict = 'REJECTED' ORDER BY created_at DESC LIMIT 20",
        "ai_query_log_misses|SELECT * FROM ai_query_log WHERE model = 'rare' AND NOT cache_hit ORDER BY created_at DESC LIMIT 20",
        "ai_query_log_request|SELECT * FROM ai_query_log WHERE request_id = 'r77'",
        "ai_query_log_violations|SELECT * FROM ai_query_log WHERE violations @> '[{\"rule\": \"PLAN_COST\"}]'",
        "ai_query_log_pkey|SELECT * FROM ai_query_log WHERE (created_at, request_id, account) < ('2026-04-01', 'r', 'a') ORDER BY created_at DESC, request_id DESC, account DESC LIMIT 50"
      })
  void hasAnIndexForEachWayOfAsking(String index, String sql) throws Exception {
    ask(sql);

    assertThat(plans.getFirst().toString()).contains(marker(index));
    assertNoScan();
  }

  @ParameterizedTest
  @MethodSource
  void pagesByAnIndex(LogFilter filter, String index) throws Exception {
    LogQuery log = new LogQuery(explaining());
    LogCursor middle = new LogCursor(Instant.parse("2026-04-15T00:00:00Z"), "r", "a");

    LogPage page = log.page(filter, middle, 20);

    assertThat(page.rows()).isNotEmpty();
    assertThat(plans.getFirst().toString()).contains(index);
    // Newer months are not looked at.
    assertThat(relations()).doesNotContain("ai_query_log_2026_05", "ai_query_log_2026_06");
    assertNoScan();
  }

  static List<Arguments> pagesByAnIndex() {
    return List.of(
        Arguments.of(LogFilter.NONE, "_pkey"),
        Arguments.of(filter("a1", null, null, null, null), "_account_date_trunc_idx"),
        Arguments.of(filter("a1", "u1", null, null, null), "_account_user_id_date_trunc_idx"),
        Arguments.of(filter("a10", null, "REJECTED", null, null), "_account_date_trunc_idx"),
        Arguments.of(filter(null, null, null, "PLAN_COST", null), "_violations_idx"),
        Arguments.of(filter(null, null, null, null, "m"), "_model_date_trunc_idx"));
  }

  private static LogFilter filter(
      @Nullable String account,
      @Nullable String user,
      @Nullable String verdict,
      @Nullable String rule,
      @Nullable String missed) {
    return new LogFilter(
        account,
        user,
        null,
        verdict,
        rule,
        null,
        missed,
        missed == null ? null : Boolean.FALSE,
        null,
        null,
        null,
        null,
        null);
  }

  /** Partitions name their indexes by columns. */
  private static String marker(String index) {
    return switch (index) {
      case "ai_query_log_account", "ai_query_log_rejected" -> "_account_date_trunc_idx";
      case "ai_query_log_user" -> "_account_user_id_date_trunc_idx";
      case "ai_query_log_misses" -> "_model_date_trunc_idx";
      case "ai_query_log_request" -> "request_id_idx";
      case "ai_query_log_violations" -> "violations_idx";
      default -> "_pkey";
    };
  }

  /** In a transaction of its own: a plan is told when its query has ended. */
  private void ask(String sql) throws SQLException {
    try (Connection connection = explaining().getConnection();
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.executeQuery().close();
    }
  }

  // ---- plans ----

  private void assertNoScan() {
    for (JsonNode plan : plans) {
      List<String> scans = new ArrayList<>();
      collect(plan.path(PLAN), scans);
      assertThat(scans).as("%s", plan).hasSizeLessThanOrEqualTo(1);
    }
  }

  private static void collect(JsonNode node, List<String> scans) {
    if (node.path("Node Type").asText().equals("Seq Scan")) {
      scans.add(node.path("Relation Name").asText());
    }
    node.path("Plans").forEach(below -> collect(below, scans));
  }

  private List<String> relations() {
    return plans.stream()
        .flatMap(plan -> plan.findValuesAsText("Relation Name").stream())
        .distinct()
        .toList();
  }

  private static List<String> indexes(JsonNode plan) {
    return plan.findValuesAsText("Index Name").stream().distinct().toList();
  }

  private static long scanned(JsonNode plan) {
    return plan.findValuesAsText("Relation Name").stream().distinct().count();
  }

  /** The database, with the plan of each query as the server ran it. */
  private DataSource explaining() {
    return proxy(
        DataSource.class,
        pool,
        result -> result instanceof Connection connection ? explaining(connection) : result);
  }

  private Connection explaining(Connection connection) throws SQLException {
    try (Statement load = connection.createStatement()) {
      load.execute(
          """
          LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_level = notice;
          SET auto_explain.log_format = json; SET client_min_messages = notice; SET enable_seqscan = off
          """);
    }
    return proxy(
        Connection.class,
        connection,
        result -> {
          // Within a transaction a query ends with it.
          keepPlans(connection.getWarnings());
          connection.clearWarnings();
          return result instanceof PreparedStatement statement ? explaining(statement) : result;
        });
  }

  private void keepPlans(@Nullable SQLWarning first) throws JsonProcessingException {
    for (SQLWarning told = first; told != null; told = told.getNextWarning()) {
      String text = String.valueOf(told.getMessage());
      plans.add(json.readTree(text.substring(text.indexOf('{'))));
    }
  }

  private PreparedStatement explaining(PreparedStatement statement) {
    return proxy(
        PreparedStatement.class,
        statement,
        result -> {
          if (result instanceof ResultSet) {
            keepPlans(statement.getWarnings());
            statement.clearWarnings();
          }
          return result;
        });
  }

  private interface Watch {
    @Nullable Object of(@Nullable Object result) throws Exception;
  }

  private static <T> T proxy(Class<T> type, T real, Watch watch) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          try {
            Object result = method.invoke(real, arguments);
            return method.getName().equals("close") || method.getName().equals("clearWarnings")
                ? result
                : watch.of(result);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(
        Proxy.newProxyInstance(IndexUseIT.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
