package io.querytrail.sink.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.log.TestBatch;
import io.querytrail.sink.log.TestRecords;
import io.querytrail.sink.log.Tokens;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.PostgresLogStore;
import io.querytrail.sink.postgres.SinkDatabase;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReportIT {
  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private final CostReport report = new CostReport(database.dataSource());
  private final RequestStories stories = new RequestStories(database.dataSource());
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

  private void store(SinkRecord... records) {
    LogStore store =
        new PostgresLogStore(
            pool, new PartitionKeeper(pool, new PartitionCalendar(Clock.systemUTC(), 0)), "test");
    new TestBatch(store, records)
        .moving(new StreamPartition("c", new UUID(0, 1), "audit", 0), Advance.NONE, 1)
        .write(refusals -> assertThat(refusals).isEmpty());
  }

  private void cost(
      String day, String account, String user, String model, String currency, String cost)
      throws SQLException {
    database.execute(
        """
        INSERT INTO cost_daily VALUES ('%s', '%s', '', '%s', '', 'openai', '%s', '%s', 2, 1, 1, 10, 0, 0, 5, 0, %s);
        TRUNCATE cost_monthly;
        INSERT INTO cost_monthly
        SELECT date_trunc('month', day::timestamp)::date, account, team, datasource, provider, model, currency,
          sum(requests), sum(approved), sum(rejected), sum(input_tokens), 0, 0, sum(output_tokens), 0, sum(cost)
        FROM cost_daily GROUP BY 1, 2, 3, 4, 5, 6, 7
        """
            .formatted(day, account, user, model, currency, cost));
  }

  @Test
  void addsUpByAnyKeysInTheirOrder() throws Exception {
    cost("2026-10-31", "acme", "ann", "m1", "USD", "1.5");
    cost("2026-11-01", "acme", "ann", "m1", "USD", "0.000000000001");
    cost("2026-11-02", "acme", "bob", "m2", "USD", "2");
    cost("2026-11-02", "zeta", "ann", "m1", "EUR", "3");

    assertThat(report.rows(List.of(GroupKey.MONTH, GroupKey.ACCOUNT), null, null))
        .containsExactly(
            row(Map.of(GroupKey.MONTH, "2026-10", GroupKey.ACCOUNT, "acme"), 1, "1.5", "USD"),
            row(
                Map.of(GroupKey.MONTH, "2026-11", GroupKey.ACCOUNT, "acme"),
                2,
                "2.000000000001",
                "USD"),
            row(Map.of(GroupKey.MONTH, "2026-11", GroupKey.ACCOUNT, "zeta"), 1, "3", "EUR"));
    assertThat(report.rows(List.of(GroupKey.values()), null, null)).hasSize(4);
    assertThat(report.rows(List.of(GroupKey.USER, GroupKey.DAY), null, null).getFirst().keys())
        .containsExactly(Map.entry(GroupKey.USER, "ann"), Map.entry(GroupKey.DAY, "2026-10-31"));
  }

  @Test
  void neverAddsCurrenciesUp() throws Exception {
    cost("2026-11-01", "acme", "ann", "m1", "USD", "1");
    cost("2026-11-01", "acme", "ann", "m1", "EUR", "2");

    assertThat(report.rows(List.of(), null, null))
        .containsExactly(row(Map.of(), 1, "2", "EUR"), row(Map.of(), 1, "1", "USD"));
  }

  @Test
  void countsFromTheFirstDayUpToButWithoutTheLast() throws Exception {
    cost("2026-10-31", "acme", "ann", "m1", "USD", "1");
    cost("2026-11-01", "acme", "ann", "m1", "USD", "2");
    cost("2026-12-01", "acme", "ann", "m1", "USD", "4");

    assertThat(
            report.rows(
                List.of(GroupKey.ACCOUNT), LocalDate.of(2026, 11, 1), LocalDate.of(2026, 12, 1)))
        .containsExactly(row(Map.of(GroupKey.ACCOUNT, "acme"), 1, "2", "USD"));
  }

  private static CostReport.Row row(
      Map<GroupKey, String> keys, int days, String cost, String currency) {
    return new CostReport.Row(
        keys,
        2L * days,
        days,
        days,
        10L * days,
        5L * days,
        new BigDecimal(cost).setScale(12),
        currency);
  }

  @Test
  void countsARequestOfNowUnderItsUtcDay() throws Exception {
    store(
        TestRecords.audited(
            "acme",
            "r1",
            0,
            new BigDecimal("0.5"),
            TestRecords.attempt("m1", "0.5", new Tokens(7L, null, null, 3L, null))));

    assertThat(report.rows(List.of(GroupKey.DAY, GroupKey.MODEL), null, null))
        .containsExactly(
            new CostReport.Row(
                Map.of(
                    GroupKey.DAY,
                    LocalDate.ofInstant(TestRecords.NOW, ZoneOffset.UTC).toString(),
                    GroupKey.MODEL,
                    "m1"),
                1,
                1,
                0,
                7,
                3,
                new BigDecimal("0.500000000000"),
                "USD"));
  }

  @Test
  void tellsTheWholeStoryOfARequest() throws Exception {
    AuditedQuery audited =
        TestRecords.audited(
            "acme",
            "r1",
            0,
            new BigDecimal("0.5"),
            TestRecords.attempt("m1", "0.5", new Tokens(7L, null, null, 3L, null)));
    store(
        audited,
        TestRecords.corrected(audited, "0.25", TestRecords.attempt("m2", "0.25", Tokens.UNKNOWN)),
        TestRecords.executed("acme", "r1", 0),
        TestRecords.audited("zeta", "r1", 1));

    assertThat(stories.find("r1", null)).hasSize(2);
    assertThat(stories.find("r2", null)).isEmpty();
    assertThat(stories.find("r1", "nobody")).isEmpty();
    assertThat(stories.find("r1", "acme"))
        .singleElement()
        .satisfies(story -> {
          assertThat(story.request().question()).isEqualTo("How many?");
          assertThat(story.request().cost()).isEqualByComparingTo("0.75");
          assertThat(story.request().executionTimeMillis()).isEqualTo(30);
          assertThat(story.request().createdAt()).isEqualTo(TestRecords.NOW);
          assertThat(story.request().tokens())
              .isEqualTo(new RequestStory.TokenCounts(7L, null, null, 3L, null));
          assertThat(story.request().usageComplete()).isFalse();
          assertThat(story.request().relations()).isEmpty();
          assertThat(story.attempts())
              .extracting(RequestStory.LoggedAttempt::model)
              .containsExactly("m1", "m2");
          assertThat(story.corrections())
              .extracting(RequestStory.LoggedCorrection::reason)
              .containsExactly("LATE_ANSWER");
          assertThat(story.executions())
              .extracting(RequestStory.LoggedExecution::executionId)
              .containsExactly("e1");
        });
  }
}
