package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.adjusted;
import static io.querytrail.sink.TestEvents.alert;
import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static io.querytrail.sink.TestEvents.corrected;
import static io.querytrail.sink.TestEvents.executed;
import static io.querytrail.sink.TestEvents.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.AuditVerification.Result;
import io.querytrail.sink.AuditVerification.Scope;
import io.querytrail.sink.log.Finding;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proof that the log is what the topic says, and the rebuild that makes it so again. */
final class AuditProofIT {
  private static final int REQUESTS = 120;
  private static final int CORRECTIONS = 12;
  private static final int POSTINGS = 2;

  /** What the topic has: see {@link #fill}. */
  private static final int RECORDS = REQUESTS + CORRECTIONS + POSTINGS + 3;

  private static EmbeddedKafka broker;
  private static KafkaConfig kafka;

  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);

  /** A broker of its own: it compares all that is on the topic. */
  @BeforeAll
  static void fill() {
    broker = EmbeddedKafka.start(TestServers.directory("proof-kafka"));
    kafka = new KafkaConfig(broker.bootstrapServers(), null);
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      TopicAdmin.createMissing(admin, TestServers.PARTITIONS, (short) 1);
    }
    try (TestTopics topics = TestTopics.transactional(kafka)) {
      topics.inTransaction(true, () -> send(topics));
      topics.inTransaction(
          false, () -> topics.send(Topic.AUDIT, "a1", approved("a1", "aborted").build()));
    }
  }

  private static void send(TestTopics topics) {
    for (int i = 0; i < REQUESTS; i++) {
      String account = "a" + i % 7;
      QueryAudited audited = audited(account, i);
      topics.send(Topic.AUDIT, account, audited);
      topics.send(Topic.EXECUTIONS, account, executed(audited, "e" + i, i).build());
      if (i % 10 == 0) {
        topics.send(
            Topic.AUDIT,
            account,
            corrected(audited, "0.25", attempt(1, "m2", "0.25", 7L, 3L)).build());
      }
    }
    topics.send(Topic.ALERTS, "a1", alert("a1", "alert").build());
    for (int i = 0; i < POSTINGS; i++) {
      topics.send(Topic.AUDIT, "a3", adjusted("a3", "c" + i).setChainSequence(90_000 + i).build());
    }
    // What the sink sets aside: bytes, a repetition, and a correction of nothing.
    topics.sendBytes(Topic.AUDIT, "a1", "not an event".getBytes(StandardCharsets.UTF_8));
    topics.send(Topic.AUDIT, "a0", audited("a0", 0));
    topics.send(
        Topic.AUDIT,
        "a2",
        corrected(approved("a2", "never").build(), "1", attempt(1, "m", "1")).build());
  }

  private static QueryAudited audited(String account, int i) {
    if (i % 6 == 5) {
      return refused(account, "r" + i).setChainSequence(1_000 + i).build();
    }
    QueryAudited.Builder event =
        i % 5 == 0
            ? approved(
                account,
                "r" + i,
                attempt(1, "m1", "0.01", null, null),
                attempt(2, "m2", "0.000123456789"))
            : approved(account, "r" + i, attempt(1, "m1", "0.01"));
    return event
        .setChainSequence(1_000 + i)
        .setTags(Map.of("dashboard", "d" + i))
        .setViolations(
            List.of(
                RuleViolation.newBuilder()
                    .setRule("PLAN_COST")
                    .setSeverity(Severity.WARN)
                    .setMessage("Expensive")
                    .build()))
        .build();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /** The sink stores everything once. */
  @BeforeEach
  void store() {
    runSink();
  }

  private void runSink() {
    try (MetricsSink sink =
        MetricsSink.start(
            new MetricsSinkConfig(
                kafka,
                new HttpConfig(null, 0),
                config,
                TestServers.unique("proof-"),
                null,
                null,
                null,
                null,
                null))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            assertThat(database.value("SELECT count(*) FROM ai_query_log"))
                .isEqualTo("" + REQUESTS);
            assertThat(database.value("SELECT count(*) FROM query_corrections"))
                .isEqualTo("" + CORRECTIONS);
            assertThat(
                    database.value(
                        "SELECT count(*) FROM ai_query_log WHERE execution_time_ms IS NOT NULL"))
                .isEqualTo("" + REQUESTS);
            assertThat(database.value("SELECT count(*) FROM budget_alerts")).isEqualTo("1");
            assertThat(database.value("SELECT count(*) FROM budget_adjustments"))
                .isEqualTo("" + POSTINGS);
          });
      assertThat(sink.failure()).isNotDone();
    }
  }

  private Result verify(Scope scope) throws SQLException {
    return AuditVerification.of(kafka, database.dataSource(), scope);
  }

  @Test
  void provesAWholeLog() throws Exception {
    Result result = verify(Scope.ALL);

    assertThat(result.findings()).isEmpty();
    assertThat(result.agrees()).isTrue();
    assertThat(result.records()).isEqualTo(RECORDS);
    assertThat(result.deadLettered()).isEqualTo(3);
    assertThat(result.notStoredYet()).isZero();
    assertThat(result.partitions()).hasSize(TestServers.PARTITIONS);
  }

  @Test
  void findsEveryKindOfDifference() throws Exception {
    database.execute("DELETE FROM ai_query_log WHERE request_id = 'r7'");
    database.execute(
        "UPDATE ai_query_log SET cost = cost + 0.01, team = 'x' WHERE request_id = 'r20'");
    database.execute("UPDATE llm_attempts SET output_tokens = 1 WHERE chain_sequence = 1031");
    database.execute("DELETE FROM llm_attempts WHERE chain_sequence = 1032");
    database.execute("UPDATE query_corrections SET reason = 'other' WHERE request_id = 'r40'");
    database.execute("DELETE FROM query_corrections WHERE request_id = 'r50'");
    database.execute("UPDATE budget_adjustments SET amount = amount + 1 WHERE command_id = 'c0'");
    database.execute("DELETE FROM budget_adjustments WHERE command_id = 'c1'");
    copyOf("r60", "twice");

    Result result = verify(Scope.ALL);

    Map<String, String> found = new LinkedHashMap<>();
    result
        .findings()
        .forEach(
            finding -> found.put(finding.kind() + " " + finding.requestId(), finding.detail()));
    assertThat(found)
        .containsEntry("MISSING r7", "no row")
        .containsEntry("DIFFERING r20", "team, cost")
        .containsEntry("DIFFERING r31", "llm_attempts 1: differs")
        .containsEntry("DIFFERING r32", "llm_attempts 1: is missing")
        .containsEntry("DIFFERING r40", "reason")
        .containsEntry("DIFFERING c0", "the posting")
        .containsEntry("MISSING c1", "no row")
        .containsEntry("DUPLICATE r60", "stored 2 times");
    assertThat(found.keySet())
        .anyMatch(key -> key.equals("MISSING r50") || key.equals("DIFFERING r50"));
    assertThat(result.agrees()).isFalse();
    assertThat(result.missing() + result.differing()).isEqualTo(result.findings().size() - 1);
    assertThat(result.duplicate()).isEqualTo(1);
  }

  @Test
  void findsARowOfNoRecord() throws Exception {
    // A row at the place of a transaction's marker: inside of the range, and of no record.
    database.execute(
        """
        UPDATE ai_query_log SET kafka_partition = 0, kafka_offset =
          (SELECT next_offset - 1 FROM kafka_offsets WHERE topic LIKE '%audit%' AND partition = 0)
        WHERE request_id = 'r1'
        """);

    Result result = verify(Scope.ALL);

    assertThat(result.findings())
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(Finding.Kind.DIFFERING, Finding.Kind.UNEXPECTED);
  }

  private void copyOf(String requestId, String copyId) throws SQLException {
    database.execute(
        """
        INSERT INTO ai_query_log (created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition,
          request_partition, attempts, repairs, cache_hit, degraded, usage_complete, request_id, account, user_id,
          verdict, cost, settings_id, chain_hash, natural_query)
        SELECT created_at, decided_at, kafka_offset, request_offset, chain_sequence, kafka_partition, request_partition,
          attempts, repairs, cache_hit, degraded, usage_complete, '%s', account, user_id, verdict, cost, settings_id,
          chain_hash, natural_query
        FROM ai_query_log WHERE request_id = '%s'
        """
            .formatted(copyId, requestId));
  }

  @Test
  void looksOnlyWhereItIsTold() throws Exception {
    database.execute("DELETE FROM ai_query_log WHERE request_id = 'r7'");
    String place =
        verify(Scope.ALL).findings().stream()
            .filter(finding -> finding.kind() == Finding.Kind.MISSING)
            .map(finding -> finding.partition() + ":" + finding.offset())
            .findFirst()
            .orElseThrow();
    int partition = Integer.parseInt(place.substring(0, place.indexOf(':')));
    long offset = Long.parseLong(place.substring(place.indexOf(':') + 1));

    assertThat(verify(new Scope(Set.of(partition), offset, offset + 1, null, null)).missing())
        .isEqualTo(1);
    assertThat(verify(new Scope(Set.of(partition), offset + 1, null, null, null)).agrees())
        .isTrue();
    assertThat(verify(new Scope(Set.of(partition), null, offset, null, null)).agrees()).isTrue();
    assertThat(
            verify(
                    new Scope(
                        Set.of((partition + 1) % TestServers.PARTITIONS), null, null, null, null))
                .agrees())
        .isTrue();
    assertThat(
            verify(new Scope(Set.of(), null, null, TestEvents.NOW.plusSeconds(3600), null))
                .records())
        .isZero();
  }

  @Test
  void saysWhatIsNotStoredYet() throws Exception {
    database.execute("UPDATE kafka_offsets SET next_offset = 5 WHERE topic LIKE '%audit%'");

    Result result = verify(Scope.ALL);

    assertThat(result.notStoredYet()).isGreaterThan(RECORDS - 5L * TestServers.PARTITIONS);
    assertThat(result.records()).isLessThanOrEqualTo(5L * TestServers.PARTITIONS);
    assertThat(result.missing()).isZero();
  }

  // ---- rebuild ----

  private static final List<String> TABLES =
      List.of(
          "ai_query_log",
          "llm_attempts",
          "query_corrections",
          "query_executions",
          "budget_alerts",
          "budget_adjustments",
          "cost_daily",
          "cost_monthly",
          "query_performance_metrics");

  private Map<String, List<String>> dump() throws SQLException {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String table : TABLES) {
      all.put(table, database.rows("SELECT t::text FROM " + table + " AS t ORDER BY 1"));
    }
    return all;
  }

  private void assertIs(Map<String, List<String>> before) throws SQLException {
    Map<String, List<String>> now = dump();
    assertThat(now).hasSameSizeAs(before);
    now.forEach(
        (table, rows) -> assertThat(rows).as(table).containsExactlyElementsOf(before.get(table)));
  }

  private SinkRebuild.Result rebuild() throws SQLException {
    return SinkRebuild.run(kafka, config, Clock.systemUTC(), read -> {});
  }

  @Test
  void rebuildsAWholeLogWithoutChangingAnything() throws Exception {
    Map<String, List<String>> before = dump();

    SinkRebuild.Result result = rebuild();

    assertIs(before);
    assertThat(result.added()).isZero();
    assertThat(result.refused()).isEqualTo(1);
    assertThat(result.unusable()).isEqualTo(1);
  }

  @Test
  void rebuildsWhatIsMissingAndMakesTheSumsRight() throws Exception {
    Map<String, List<String>> before = dump();
    database.execute(
        """
        DELETE FROM ai_query_log WHERE request_id ~ '[13579]$';
        DELETE FROM llm_attempts WHERE chain_sequence % 10 IN (1, 3, 7);
        DELETE FROM query_executions WHERE request_id ~ '[4]$';
        DELETE FROM budget_adjustments;
        DELETE FROM cost_daily WHERE account = 'a3';
        UPDATE cost_monthly SET cost = 0;
        DELETE FROM query_performance_metrics WHERE account = 'a2'
        """);

    SinkRebuild.Result result = rebuild();

    // Those that lost calls alone are written anew, and count, too.
    assertThat(result.added()).isGreaterThanOrEqualTo(REQUESTS / 2 + result.rewritten());
    assertThat(result.rewritten()).isPositive();
    assertIs(before);
    assertThat(verify(Scope.ALL).agrees()).isTrue();
  }

  @Test
  void writesAnewWhatWasChanged() throws Exception {
    Map<String, List<String>> before = dump();
    database.execute(
        """
        UPDATE ai_query_log SET cost = cost + 0.01, team = 'x' WHERE request_id = 'r20';
        UPDATE ai_query_log SET natural_query = 'other', chain_sequence = 5 WHERE request_id = 'r21';
        UPDATE llm_attempts SET output_tokens = 1 WHERE chain_sequence = 1031 AND account = 'a3';
        DELETE FROM llm_attempts WHERE chain_sequence = 1032;
        UPDATE query_corrections SET delta = delta + 1 WHERE request_id = 'r40';
        UPDATE budget_adjustments SET amount = amount + 1 WHERE command_id = 'c0'
        """);

    SinkRebuild.Result result = rebuild();

    assertIs(before);
    assertThat(result.rewritten()).isEqualTo(6);
    assertThat(verify(Scope.ALL).agrees()).isTrue();
    assertThat(rebuild().rewritten()).isZero();
  }

  @Test
  void rebuildsAFilledLogThatLostItsOffsetsAndLetsTheSinkGoOn() throws Exception {
    Map<String, List<String>> before = dump();
    List<String> offsets =
        database.rows(
            "SELECT topic, partition, next_offset FROM kafka_offsets WHERE next_offset > 0 ORDER BY 1, 2");
    database.execute("TRUNCATE kafka_offsets");
    database.execute("TRUNCATE ai_query_log, llm_attempts, query_corrections");

    rebuild();

    assertIs(before);
    assertThat(
            database.rows(
                "SELECT topic, partition, next_offset FROM kafka_offsets WHERE next_offset > 0 ORDER BY 1, 2"))
        .isEqualTo(offsets);
    runSink();
    assertIs(before);
    assertThat(verify(Scope.ALL).agrees()).isTrue();
  }
}
