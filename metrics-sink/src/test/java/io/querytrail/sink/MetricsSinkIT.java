package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.NOW;
import static io.querytrail.sink.TestEvents.alert;
import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static io.querytrail.sink.TestEvents.corrected;
import static io.querytrail.sink.TestEvents.executed;
import static io.querytrail.sink.TestEvents.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ExecutionStatus;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import io.querytrail.events.Verdict;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.kafka.PositionLostException;
import io.querytrail.sink.log.OffsetConflictException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole sink between a real broker and a real database. */
final class MetricsSinkIT {
  private final String account = TestServers.unique("acme");
  private final DatabaseConfig databaseConfig = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(databaseConfig);
  private final MetricsSinkConfig config = TestServers.sinkConfig(databaseConfig);
  private TestTopics topics;
  private MetricsSink sink;

  @BeforeEach
  void start() {
    topics = TestTopics.open();
    sink = MetricsSink.start(config);
  }

  @AfterEach
  void stop() {
    sink.close();
    topics.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
  }

  private void awaitRows(String table, long count) {
    eventually().untilAsserted(() -> assertThat(database.count(table, account)).isEqualTo(count));
  }

  @Test
  void storesExactlyWhatWasAudited() throws Exception {
    QueryAudited audited =
        approved(account, "r1", attempt(1, "gpt-4o-mini", "0.000123456789", 1200L, 80L))
            .setTags(Map.of("dashboard", "sales \"north\""))
            .setViolations(
                List.of(
                    RuleViolation.newBuilder()
                        .setRule("PLAN_COST")
                        .setSeverity(Severity.WARN)
                        .setMessage("Expensive")
                        .setPosition(8)
                        .build()))
            .setTraceId("0af7651916cd43dd8448eb211c80319c")
            .setCacheHit(true)
            .setCacheTier("redis")
            .setCacheAgeMillis(2_500L)
            .setQueueMillis(1L)
            .setSchemaMillis(2L)
            .setModelMillis(3L)
            .setSafetyMicros(400L)
            .build();

    RecordMetadata where = topics.sendAndWait(Topic.AUDIT, account, audited);

    awaitRows("ai_query_log", 1);
    assertThat(
            database.value(
                """
                SELECT request_id, user_id, team, datasource, natural_query, generated_sql, approved_sql, verdict,
                  stage, relations, row_cap, provider, model, execution_time_ms, attempts, input_tokens,
                  cached_input_tokens, output_tokens, usage_complete, cost, currency, price_version, policy_version,
                  violations, receipt, tags, trace_id, queue_ms, schema_ms, model_ms, explain_ms, safety_us,
                  kafka_partition, kafka_offset, request_partition, request_offset, chain_sequence, chain_key_id,
                  chain_hash, cache_hit, cache_tier, cache_age_ms, extract(epoch FROM created_at) * 1000 = ?, decided_at - created_at
                FROM query_log WHERE account = ?
                """,
                NOW.toEpochMilli(),
                account))
        .isEqualTo(
            "r1|ann|sales|shop|How many orders last week?|SELECT count(*) FROM orders|"
                + "SELECT count(*) FROM shop.orders LIMIT 1000|APPROVED||{shop.orders}|1000|openai|"
                + "gpt-4o-mini||1|1200||80|t|0.000123456789|USD|2026-11-01|7|"
                + "[{\"rule\": \"PLAN_COST\", \"message\": \"Expensive\", \"position\": 8,"
                + " \"severity\": \"WARN\"}]||{\"dashboard\": \"sales \\\"north\\\"\"}|"
                + "0af7651916cd43dd8448eb211c80319c|1|2|3||400|"
                + where.partition()
                + "|"
                + where.offset()
                + "|1|42|1|k1|00ff|t|redis|2500|t|00:00:00.25");
    assertThat(
            database.value(
                """
                SELECT ordinal, attempt, purpose, provider, model, response_model, sent, latency_ms, error_type,
                  input_tokens, reasoning_tokens, output_tokens, cost, estimated, correction, chain_sequence
                FROM query_attempts WHERE account = ?
                """,
                account))
        .isEqualTo(
            "1|1|GENERATE|openai|gpt-4o-mini|gpt-4o-mini-2026|t|200||1200||80|0.000123456789|f|f|1");
  }

  @Test
  void answersTheSeedsAnalyticsQueryUnchanged() throws Exception {
    topics.send(Topic.AUDIT, account, approved(account, "r1").build());
    topics.send(Topic.AUDIT, account, approved(account, "r2").build());
    topics.send(
        Topic.EXECUTIONS, account, executed(approved(account, "r1").build(), "e1", 30).build());

    eventually()
        .untilAsserted(() ->
            assertThat(
                    database.rows(
                        "SELECT LEFT(natural_query, 50) AS query_pattern, COUNT(*) AS frequency,"
                            + " AVG(execution_time_ms) AS avg_time FROM ai_query_log GROUP BY"
                            + " LEFT(natural_query, 50) ORDER BY frequency DESC"))
                .anySatisfy(row -> assertThat(row).startsWith("How many orders last week?|")));
    // The execution may be stored before its row: they come from two topics.
    eventually()
        .untilAsserted(() ->
            assertThat(
                    database.value(
                        "SELECT COUNT(*), AVG(execution_time_ms)::int FROM ai_query_log"
                            + " WHERE account = ?",
                        account))
                .isEqualTo("2|30"));
  }

  @Test
  void goesOnAfterARestartWithoutGapOrDouble() throws Exception {
    try (TestTopics stream = TestTopics.transactional()) {
      for (int run = 0; run < 4; run++) {
        int first = run * 250;
        stream.inTransaction(
            true,
            () -> {
              for (int i = first; i < first + 250; i++) {
                stream.send(
                    Topic.AUDIT,
                    account,
                    approved(account, "r" + i, attempt(1, "m", "0.01")).build());
              }
            });
        stream.inTransaction(
            false, () -> stream.send(Topic.AUDIT, account, approved(account, "aborted").build()));
        sink.close();
        sink = MetricsSink.start(config);
      }
    }
    awaitRows("ai_query_log", 1000);

    // A third life finds nothing left to do, though markers stand behind the last record.
    sink.close();
    sink = MetricsSink.start(config);
    topics.send(Topic.AUDIT, account, approved(account, "last").build());
    awaitRows("ai_query_log", 1001);
    assertThat(database.count("llm_attempts", account)).isEqualTo(1000);
    assertThat(
            database.value(
                "SELECT sum(requests), sum(cost) FROM cost_daily WHERE account = ?", account))
        .isEqualTo("1001|10.000000000000");
    assertThat(sink.failure()).isNotDone();
  }

  @Test
  void sharesThePartitionsAmongInstances() throws Exception {
    try (MetricsSink second = MetricsSink.start(config)) {
      for (int i = 0; i < 600; i++) {
        String one = account + "-" + i % 20;
        topics.send(Topic.AUDIT, one, approved(one, "r" + i).build());
        if (i == 300) {
          topics.flush();
        }
      }
      String written = "SELECT count(*) FROM ai_query_log WHERE account LIKE ?";
      eventually()
          .untilAsserted(
              () -> assertThat(database.value(written, account + "-%")).isEqualTo("600"));
      assertThat(sink.failure()).isNotDone();
      assertThat(second.failure()).isNotDone();
    }
  }

  @Test
  void letsOneOfTwoOwnersOfAPartitionFailLoudly() throws Exception {
    // Another group: Kafka gives it all the partitions as well.
    try (MetricsSink second = MetricsSink.start(TestServers.sinkConfig(databaseConfig))) {
      eventually()
          .untilAsserted(() -> {
            topics.send(Topic.AUDIT, account, approved(account, TestServers.unique("r")).build());
            topics.flush();
            assertThat(sink.failure().isDone() || second.failure().isDone()).isTrue();
          });
      MetricsSink loser = sink.failure().isDone() ? sink : second;
      MetricsSink winner = loser == sink ? second : sink;
      assertThat(loser.failure().exceptionNow()).isInstanceOf(OffsetConflictException.class);
      assertThat(loser.health().reasonsAgainstLive()).containsKey("worker");
      assertThat(winner.failure()).isNotDone();
    }
    assertThat(
            database.value(
                """
                SELECT count(*) = count(DISTINCT (kafka_partition, kafka_offset))
                FROM ai_query_log WHERE account = ?
                """,
                account))
        .isEqualTo("t");
  }

  @Test
  void stopsWhereKafkaHasNotWhatComesNext() throws Exception {
    topics.send(Topic.AUDIT, account, approved(account, "r1").build());
    awaitRows("ai_query_log", 1);
    sink.close();
    database.execute("UPDATE kafka_offsets SET next_offset = next_offset + 1000000");

    sink = MetricsSink.start(config);

    eventually().untilAsserted(() -> assertThat(sink.failure()).isDone());
    assertThat(sink.failure().exceptionNow())
        .isInstanceOf(PositionLostException.class)
        .hasMessageContaining("must go on at offset");
  }

  @Test
  void addsCorrectionsToTheirRow() throws Exception {
    QueryAudited audited = approved(account, "r1", attempt(1, "m1", "0.50")).build();
    topics.send(Topic.AUDIT, account, audited);
    // One comes in the same batch, the other one after a pause.
    topics.send(
        Topic.AUDIT, account, corrected(audited, "0.25", attempt(1, "m2", "0.25", 7L, 3L)).build());
    awaitRows("query_corrections", 1);
    // Takes back more than the call that it reports has cost.
    topics.send(
        Topic.AUDIT,
        account,
        corrected(audited, "-0.40", attempt(1, "m1", "0.10")).setChainSequence(3).build());
    awaitRows("query_corrections", 2);

    assertThat(
            database.value(
                """
                SELECT cost, attempts, corrections, input_tokens, output_tokens
                FROM ai_query_log WHERE account = ?
                """,
                account))
        .isEqualTo("0.350000000000|3|2|207|43");
    assertThat(
            database.rows(
                """
                SELECT chain_sequence, ordinal, purpose, model, cost, correction
                FROM llm_attempts WHERE account = ? ORDER BY 1, 2
                """,
                account))
        .containsExactly(
            "1|1|GENERATE|m1|0.500000000000|f",
            "2|1|GENERATE|m2|0.250000000000|t",
            "3|0|ADJUSTMENT|m1|-0.500000000000|t",
            "3|1|GENERATE|m1|0.100000000000|t");
    assertSumsAgree("0.350000000000");
  }

  @Test
  void keepsTheSumsOfAllTablesEqual() throws Exception {
    QueryAudited fallback =
        approved(
                account, "fallback", attempt(1, "m1", "0.10", null, null), attempt(2, "m2", "0.20"))
            .setModel("m2")
            .build();
    topics.send(Topic.AUDIT, account, fallback);
    topics.send(Topic.AUDIT, account, refused(account, "refused").build());
    topics.send(
        Topic.AUDIT,
        account,
        refused(account, "failed")
            .setStage(RejectionStage.GENERATION)
            .setAttempts(List.of(attempt(1, "m1", "0.03")))
            .setCost(TestEvents.money("0.03"))
            .build());
    // Money without a call: a hold that was charged as a whole.
    topics.send(
        Topic.AUDIT,
        account,
        refused(account, "charged").setCost(TestEvents.money("0.07")).build());
    topics.send(
        Topic.AUDIT, account, corrected(fallback, "0.01", attempt(1, "m1", "0.01")).build());

    awaitRows("query_corrections", 1);
    awaitRows("ai_query_log", 4);
    assertSumsAgree("0.410000000000");
    assertThat(
            database.rows(
                """
                SELECT provider, model, sum(requests), sum(approved), sum(rejected), sum(input_tokens), sum(cost)
                FROM cost_daily WHERE account = ? GROUP BY 1, 2 ORDER BY 1, 2
                """,
                account))
        .containsExactly(
            "||2|0|2|0|0.070000000000",
            "openai|m1|1|0|1|200|0.140000000000",
            "openai|m2|1|1|0|100|0.200000000000");
    assertThat(
            database.rows(
                """
                SELECT model, sum(requests), sum(approved), sum(rejected), sum(calls), sum(errors), sum(cost),
                  sum_latency_counts(latency_counts), latency_percentile_ms(sum_latency_counts(latency_counts), 0.95)
                FROM query_performance_metrics WHERE account = ? GROUP BY 1 ORDER BY 1
                """,
                account))
        .containsExactly(
            "|2|0|2|0|0|0.070000000000|{0,0,2,0,0,0,0,0,0,0,0,0}|250",
            "m1|1|0|1|3|0|0.140000000000|{0,0,1,0,0,0,0,0,0,0,0,0}|250",
            "m2|1|1|0|1|0|0.200000000000|{0,0,1,0,0,0,0,0,0,0,0,0}|250");
    assertThat(
            database.value(
                "SELECT usage_complete, input_tokens FROM ai_query_log WHERE request_id = ?",
                "fallback"))
        .isEqualTo("f|200");
  }

  private void assertSumsAgree(String total) throws SQLException {
    for (String table :
        List.of(
            "ai_query_log",
            "llm_attempts",
            "cost_daily",
            "cost_monthly",
            "query_performance_metrics")) {
      assertThat(database.value("SELECT sum(cost) FROM " + table + " WHERE account = ?", account))
          .as(table)
          .isEqualTo(total);
    }
  }

  @Test
  void showsAnExecutionThatCameAfterItsRow() {
    QueryAudited audited = approved(account, "r1").build();
    topics.send(Topic.AUDIT, account, audited);
    awaitRows("ai_query_log", 1);

    topics.send(Topic.EXECUTIONS, account, executed(audited, "e1", 30).build());

    awaitExecutionTime("30");
  }

  @Test
  void showsAnExecutionThatCameBeforeItsRow() throws Exception {
    QueryAudited audited = approved(account, "r1").build();
    topics.send(Topic.EXECUTIONS, account, executed(audited, "e1", 30).build());
    awaitRows("query_executions", 1);
    assertThat(database.count("executions_awaiting_row", account)).isEqualTo(1);

    topics.send(Topic.AUDIT, account, audited);

    awaitExecutionTime("30");
    assertThat(database.count("executions_awaiting_row", account)).isZero();
  }

  @Test
  void countsARedeliveredExecutionOnce() {
    QueryAudited audited = approved(account, "r1").build();
    topics.send(Topic.AUDIT, account, audited);
    topics.send(Topic.EXECUTIONS, account, executed(audited, "e1", 30).build());
    topics.send(Topic.EXECUTIONS, account, executed(audited, "e1", 31).build());
    awaitExecutionTime("30");
    topics.send(Topic.EXECUTIONS, account, executed(audited, "e1", 32).build());
    topics.send(
        Topic.EXECUTIONS,
        account,
        executed(audited, "e2", 5)
            .setStatus(ExecutionStatus.FAILED)
            .setExecutedAt(NOW.plusSeconds(9))
            .build());

    awaitRows("query_executions", 2);
    // The failed one is later, but a run that succeeded says more.
    awaitExecutionTime("30");
  }

  private void awaitExecutionTime(String millis) {
    eventually()
        .untilAsserted(() ->
            assertThat(
                    database.rows(
                        "SELECT execution_time_ms FROM ai_query_log WHERE account = ?", account))
                .containsExactly(millis));
  }

  @Test
  void putsALateRowIntoAMonthOfItsOwn() throws Exception {
    YearMonth late = YearMonth.now(ZoneOffset.UTC).minusMonths(14);
    Instant inThatMonth = late.atDay(3).atStartOfDay().toInstant(ZoneOffset.UTC);

    topics.send(Topic.AUDIT, account, approved(account, "r1").setRequestedAt(inThatMonth).build());

    awaitRows("ai_query_log", 1);
    assertThat(
            database.value(
                "SELECT tableoid::regclass::text FROM ai_query_log WHERE account = ?", account))
        .isEqualTo("ai_query_log_%d_%02d".formatted(late.getYear(), late.getMonthValue()));
  }

  @Test
  void setsPoisonAsideAndStoresItsNeighbours() throws Exception {
    byte[] garbage = "not an event".getBytes(StandardCharsets.UTF_8);
    topics.send(Topic.AUDIT, account, approved(account, "before").build());
    topics.sendBytes(Topic.AUDIT, account, garbage);
    topics.sendBytes(Topic.AUDIT, account, null);
    // An event, but of another topic.
    topics.send(Topic.AUDIT, account, alert(account, "stray").build());
    topics.send(
        Topic.EXECUTIONS,
        account,
        executed(approved("other-account", "r1").build(), "e1", 1).build());
    topics.send(
        Topic.AUDIT,
        account,
        approved(account, "timeless").setRequestedAt(Instant.ofEpochMilli(Long.MAX_VALUE)).build());
    topics.send(Topic.AUDIT, account, approved(account, "after").build());

    awaitRows("ai_query_log", 2);
    eventually().untilAsserted(() -> assertThat(TestTopics.deadLetters(account)).hasSize(5));
    assertThat(TestTopics.deadLetters(account))
        .extracting(TestTopics.Letter::errorClass)
        .containsExactlyInAnyOrder(
            "SerializationException",
            "NO_VALUE",
            "UNEXPECTED_EVENT",
            "KEY_MISMATCH",
            "INVALID_VALUE");
    assertThat(TestTopics.deadLetters(account))
        .anySatisfy(letter -> {
          assertThat(letter.value()).isEqualTo(garbage);
          assertThat(letter.topic()).isEqualTo(Topic.AUDIT.topicName());
        });
  }

  @Test
  void setsARowThatTheDatabaseRefusesAside() throws Exception {
    for (int i = 0; i < 100; i++) {
      topics.send(Topic.AUDIT, account, approved(account, "r" + i, attempt(1, "m", "1")).build());
      if (i % 40 == 7) {
        // Said twice, and too long for an index.
        topics.send(Topic.AUDIT, account, approved(account, "r" + i, attempt(1, "m", "1")).build());
        topics.send(Topic.AUDIT, account, approved(account, incompressible(9000)).build());
      }
    }

    awaitRows("ai_query_log", 100);
    eventually().untilAsserted(() -> assertThat(TestTopics.deadLetters(account)).hasSize(6));
    assertThat(TestTopics.deadLetters(account))
        .extracting(TestTopics.Letter::errorClass)
        .contains("SQLSTATE 23505", "SQLSTATE 54000");
    assertSumsAgree("100.000000000000");
    assertThat(sink.failure()).isNotDone();
  }

  private static String incompressible(int length) {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  @Test
  void setsACorrectionWithoutItsRowAside() throws Exception {
    topics.send(
        Topic.AUDIT,
        account,
        corrected(approved(account, "never").build(), "1", attempt(1, "m", "1")).build());
    topics.send(Topic.AUDIT, account, approved(account, "r1").build());

    awaitRows("ai_query_log", 1);
    assertThat(TestTopics.deadLetters(account))
        .extracting(TestTopics.Letter::errorClass)
        .containsExactly("SQLSTATE QT001");
    assertThat(database.count("llm_attempts", account)).isZero();
  }

  @Test
  void storesTextThatHoldsNul() throws Exception {
    topics.send(
        Topic.AUDIT,
        account,
        approved(account, "r1")
            .setGeneratedSql("SELECT 'a\0b'")
            .setTags(Map.of("k", "x\0y"))
            .build());

    awaitRows("ai_query_log", 1);
    assertThat(
            database.value(
                "SELECT generated_sql, tags ->> 'k' FROM ai_query_log WHERE account = ?", account))
        .isEqualTo("SELECT 'a\uFFFDb'|x\uFFFDy");
  }

  @Test
  void keepsWhatPeoplePostedWithItsPlaceInTheChain() throws Exception {
    topics.send(
        Topic.AUDIT,
        account,
        BudgetAdjusted.newBuilder()
            .setAccount(account)
            .setCommandId("c-1")
            .setScope(BudgetScope.USER)
            .setScopeKey("ada")
            .setPeriod(BudgetPeriod.MONTH)
            .setPeriodName("2026-11")
            .setAmount(new BigDecimal("-1.5").setScale(12))
            .setSettled(new BigDecimal("3").setScale(12))
            .setCurrency("USD")
            .setReason("credit note 7")
            .setRequestedBy("ann")
            .setAdjustedAt(Instant.parse("2026-11-21T10:00:00Z"))
            .setChainSequence(4)
            .setChainKeyId("chain-1")
            .setChainHash("abc")
            .build());

    awaitRows("budget_adjustments", 1);
    assertThat(
            database.value(
                """
                SELECT scope_key, period_name, reset, amount, settled, reason, requested_by, chain_sequence
                FROM budget_adjustments WHERE account = ?
                """,
                account))
        .isEqualTo("ada|2026-11|f|-1.500000000000|3.000000000000|credit note 7|ann|4");
  }

  @Test
  void keepsAlertsOnce() throws Exception {
    topics.send(Topic.ALERTS, account, alert(account, "a1").build());
    topics.send(Topic.ALERTS, account, alert(account, "a1").build());
    topics.send(Topic.ALERTS, account, alert(account, "a2").setThresholdPercent(100).build());

    awaitRows("budget_alerts", 2);
    assertThat(
            database.value(
                """
                SELECT scope, period_name, threshold_percent, limit_amount, settled, held
                FROM budget_alerts WHERE account = ? AND alert_id = 'a1'
                """,
                account))
        .isEqualTo("ACCOUNT|2026-11|90|10.000000000000|9.000000000000|0.500000000000");
  }

  @Test
  void keepsRequestsOfTwoAccountsWithOneIdInOneMillisecond() throws Exception {
    String other = TestServers.unique("other");
    topics.send(Topic.AUDIT, account, approved(account, "r1").build());
    topics.send(Topic.AUDIT, other, approved(other, "r1").build());

    awaitRows("ai_query_log", 1);
    eventually()
        .untilAsserted(() -> assertThat(database.count("ai_query_log", other)).isEqualTo(1));
  }

  @Test
  void tellsHowItIs() throws Exception {
    topics.send(Topic.AUDIT, account, approved(account, "r1").setVerdict(Verdict.APPROVED).build());
    awaitRows("ai_query_log", 1);

    eventually().untilAsserted(() -> assertThat(get("/health/ready")).contains("\"up\""));
    assertThat(get("/health/live")).contains("\"up\"");
    eventually()
        .untilAsserted(() ->
            assertThat(get("/metrics"))
                .contains("querytrail_sink_records_total{kind=\"audited\"}")
                .contains("querytrail_sink_batch_seconds_count")
                .contains("querytrail_sink_retries_total 0.0")
                .contains("querytrail_sink_lag_records 0.0")
                .contains("hikaricp_connections_max")
                .contains("kafka_consumer_fetch_manager"));
  }

  private String get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sink.httpPort() + path))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
