package io.querytrail.sink.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.postgres.SinkDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages of three months of rows, some of which stand at the same instant. */
final class LogQueryIT {
  private static final int ROWS = 3_000;
  private static final DatabaseConfig CONFIG = TestServers.newDatabase();
  private static final TestDatabase DATABASE = new TestDatabase(CONFIG);
  private static HikariDataSource pool;

  private final LogQuery log = new LogQuery(DATABASE.dataSource());

  @BeforeAll
  static void fill() throws Exception {
    pool = SinkDatabase.open(CONFIG, new SimpleMeterRegistry());
    SinkDatabase.migrate(pool);
    DATABASE.execute(
        """
        SELECT ensure_month_partition('ai_query_log', m::date)
        FROM generate_series('2026-08-01'::timestamp, '2026-10-01', '1 month') m;
        INSERT INTO request_settings (account, currency, chain_key_id) VALUES ('a0', 'USD', 'k');
        INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
          request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
          datasource, verdict, reason, provider, model, settings_id, cost, chain_hash, natural_query, generated_sql,
          violations)
        SELECT t, t, i, i, i, 0, 0, 1, 0, i % 3 = 0, false, true, 'r' || i, 'a' || i % 5, 'u' || i % 7,
          CASE WHEN i % 2 = 0 THEN 'shop' ELSE 'crm' END, CASE WHEN i % 10 = 0 THEN 'REJECTED' ELSE 'APPROVED' END,
          CASE WHEN i % 10 = 0 THEN 'UNSAFE_SQL' END, 'openai', 'm' || i % 4, (SELECT id FROM request_settings),
          (i % 100) * 0.001, '', 'Question number ' || i, 'SELECT ' || i || ' AS "Total"',
          CASE WHEN i % 10 = 0 THEN jsonb_build_array(jsonb_build_object('rule', 'R' || i % 20)) END
        FROM generate_series(0, 2999) i,
          -- Four at each instant.
          LATERAL (SELECT '2026-08-01 00:00+00'::timestamptz + (i / 4) * interval '2 hours 40 min') s (t)
        """);
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static LogFilter filter(
      @Nullable String account,
      @Nullable String user,
      @Nullable String datasource,
      @Nullable String verdict,
      @Nullable String rule,
      @Nullable String reason,
      @Nullable String model,
      @Nullable Boolean cacheHit,
      @Nullable String text) {
    return new LogFilter(
        account,
        user,
        datasource,
        verdict,
        rule,
        reason,
        model,
        cacheHit,
        null,
        null,
        null,
        null,
        text);
  }

  private List<LogPage.Row> all(LogFilter filter, int size) throws SQLException {
    return all(log, filter, size);
  }

  private static List<LogPage.Row> all(LogQuery log, LogFilter filter, int size)
      throws SQLException {
    List<LogPage.Row> rows = new ArrayList<>();
    LogCursor next = null;
    int pages = 0;
    do {
      LogPage page = log.page(filter, next, size);
      assertThat(page.rows()).hasSizeLessThanOrEqualTo(size);
      rows.addAll(page.rows());
      next = page.next() == null ? null : LogCursor.of(page.next().text());
      assertThat(pages++).isLessThan(ROWS);
    } while (next != null);
    return rows;
  }

  private void assertFinds(LogFilter filter, Predicate<LogPage.Row> wanted) throws SQLException {
    List<LogPage.Row> every = all(LogFilter.NONE, 1_000);
    assertThat(every).hasSize(ROWS);
    List<LogPage.Row> expected = every.stream().filter(wanted).toList();
    assertThat(expected).isNotEmpty().hasSizeLessThan(ROWS);
    assertThat(all(filter, 37)).isEqualTo(expected);
  }

  @Test
  void pagesThroughEveryRowOnceFromTheNewestToTheOldest() throws Exception {
    List<LogPage.Row> rows = all(LogFilter.NONE, 7);

    assertThat(rows).hasSize(ROWS);
    assertThat(new HashSet<>(rows)).hasSize(ROWS);
    for (int i = 1; i < ROWS; i++) {
      assertThat(rows.get(i).createdAt()).isBeforeOrEqualTo(rows.get(i - 1).createdAt());
    }
    assertThat(rows.getFirst().currency()).isEqualTo("USD");
    assertThat(log.page(LogFilter.NONE, null, 3).rows()).isEqualTo(rows.subList(0, 3));
  }

  @Test
  void findsWhatAnIndexHas() throws Exception {
    assertFinds(
        filter("a1", null, null, null, null, null, null, null, null),
        row -> row.account().equals("a1"));
    assertFinds(
        filter("a1", "u2", null, null, null, null, null, null, null),
        row -> row.account().equals("a1") && row.user().equals("u2"));
    assertFinds(
        filter("a0", null, null, "REJECTED", null, null, null, null, null),
        row -> row.account().equals("a0") && row.verdict().equals("REJECTED"));
    assertFinds(
        filter(null, null, null, null, null, null, "m2", false, null),
        row -> "m2".equals(row.model()) && !row.cacheHit());
    assertFinds(
        filter(null, null, null, null, "R10", null, null, null, null),
        row -> row.rules() != null && row.rules().contains("\"R10\""));
  }

  @Test
  void findsWhatNoIndexHas() throws Exception {
    assertFinds(
        filter(null, "u3", "crm", null, null, null, null, null, null),
        row -> row.user().equals("u3") && "crm".equals(row.datasource()));
    assertFinds(
        filter(null, null, null, null, null, "UNSAFE_SQL", null, null, null),
        row -> row.verdict().equals("REJECTED"));
    assertFinds(
        filter("a2", null, null, null, null, null, "m3", true, null),
        row -> row.account().equals("a2") && "m3".equals(row.model()) && row.cacheHit());
    assertFinds(
        filter(null, null, null, null, null, null, null, null, "NUMBER 12"),
        row -> row.question().contains("number 12"));
    assertFinds(
        filter(null, null, null, null, null, null, null, null, "99 as \"total\""),
        row -> row.generatedSql() != null && row.generatedSql().contains("99 AS"));
    assertThat(all(filter(null, null, null, null, null, null, null, null, "no such"), 10))
        .isEmpty();
    assertThat(all(filter(null, null, null, null, "NO_RULE", null, null, null, null), 10))
        .isEmpty();
  }

  @Test
  void saysHowFarItLookedForWhatIsRare() throws Exception {
    LogQuery hurried = new LogQuery(DATABASE.dataSource(), 100);
    LogFilter rare = filter(null, null, null, null, null, null, null, null, "number 1234");

    LogPage first = hurried.page(rare, null, 10);

    assertThat(first.rows()).isEmpty();
    assertThat(first.next()).isNotNull();
    assertThat(all(hurried, rare, 10)).singleElement().extracting("requestId").isEqualTo("r1234");
  }

  @Test
  void findsByTimeAndCost() throws Exception {
    Instant since = Instant.parse("2026-08-20T00:00:00Z");
    Instant until = Instant.parse("2026-09-05T00:00:00Z");
    BigDecimal least = new BigDecimal("0.010");
    BigDecimal most = new BigDecimal("0.02");
    assertFinds(
        new LogFilter(
            "a3", null, null, null, null, null, null, null, since, until, least, most, null),
        row ->
            row.account().equals("a3")
                && !row.createdAt().isBefore(since)
                && row.createdAt().isBefore(until)
                && row.cost().compareTo(least) >= 0
                && row.cost().compareTo(most) <= 0);
  }

  @Test
  void staysWhereItIsWhileRowsAreAdded() throws Exception {
    LogPage first = log.page(LogFilter.NONE, null, 5);
    LogPage second = log.page(LogFilter.NONE, first.next(), 5);
    String copied =
        "created_at + interval '1 day', decided_at, kafka_offset, request_offset, chain_sequence, 0, 0, 1, 0, false,"
            + " false, true, 'new', account, user_id, verdict, settings_id, cost, chain_hash, natural_query";
    DATABASE.execute(
        """
        INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
          request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
          verdict, settings_id, cost, chain_hash, natural_query)
        SELECT %s FROM ai_query_log ORDER BY created_at DESC LIMIT 1
        """
            .formatted(copied));
    try {
      assertThat(log.page(LogFilter.NONE, null, 5)).isNotEqualTo(first);
      assertThat(log.page(LogFilter.NONE, first.next(), 5)).isEqualTo(second);
    } finally {
      DATABASE.execute("DELETE FROM ai_query_log WHERE request_id = 'new'");
    }
  }

  @Test
  void refusesWhatIsNoCursorOrNoSize() {
    for (String text : List.of("", "x", "ÄÖ", "bm90IGEgY3Vyc29y", "MjAyNgphCnI")) {
      assertThatThrownBy(() -> LogCursor.of(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is no cursor");
    }
    assertThatThrownBy(() -> log.page(LogFilter.NONE, null, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.page(LogFilter.NONE, null, LogQuery.MAX_SIZE + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
