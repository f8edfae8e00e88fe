package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static io.querytrail.sink.TestEvents.corrected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.events.QueryAudited;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import io.querytrail.sink.AuditVerification.Result;
import io.querytrail.sink.AuditVerification.Scope;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sinks as processes of their own, killed again and again with work in hand, while another one
 * joins and leaves and the database is restarted. {@code make chaos-sink} runs the large form.
 */
final class SinkKillIT {
  private static final int EVENTS = Integer.getInteger("chaos.events", 4_000);
  private static final int KILLS = Integer.getInteger("chaos.kills", 4);
  private static final int RESTARTS = Integer.getInteger("chaos.restarts", 1);
  private static final int ACCOUNTS = 40;
  private static final int IN_TRANSACTION = 500;
  private static final int CORRECTION_EVERY = 50;

  @TempDir Path directory;

  @Test
  void storesEachRecordOnceThroughTheDeathOfItsWriters() throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      KafkaConfig kafkaConfig = new KafkaConfig(kafka.bootstrapServers(), null);
      try (Admin admin = Admin.create(kafkaConfig.clientSettings())) {
        TopicAdmin.createMissing(admin, 8, (short) 1);
      }
      postgres.createDatabaseIfAbsent("log");
      DatabaseConfig config =
          new DatabaseConfig(
              postgres.jdbcUrl("log"), postgres.superuser(), new Secret(postgres.password()), null);
      TestDatabase database = new TestDatabase(config);
      try (TestTopics topics = TestTopics.transactional(kafkaConfig);
          SinkProcess first = SinkProcess.start(directory, "first", kafkaConfig, config);
          SinkProcess second = SinkProcess.start(directory, "second", kafkaConfig, config)) {
        for (int kill = 0; kill < KILLS; kill++) {
          // Given records on their way into the log
          long before = stored(database);
          send(topics, kill * EVENTS / KILLS, (kill + 1) * EVENTS / KILLS);
          await()
              .atMost(Duration.ofSeconds(90))
              .pollInterval(Duration.ofMillis(20))
              .until(() -> {
                first.launch();
                return stored(database) > before;
              });

          // When the writer dies, the other comes or goes, and now and then the database ends
          first.kill();
          if (kill % 2 == 0) {
            second.stop();
          } else {
            second.launch();
          }
          if (isRestart(kill)) {
            int port = postgres.port();
            postgres.close();
            postgres = EmbeddedPostgres.start(directory.resolve("postgres"), port);
          }
          first.launch();
        }

        // Then all of it is stored in the end, once
        long expected = EVENTS + EVENTS / CORRECTION_EVERY;
        await()
            .atMost(Duration.ofMinutes(5))
            .pollInterval(Duration.ofMillis(200))
            .until(() -> {
              // As a supervisor does: one that lost its partitions to the other ends by itself.
              first.launch();
              return rows(database) >= expected;
            });
        assertProved(kafkaConfig, config, expected);
        assertSums(database);
      }
    } finally {
      postgres.close();
    }
  }

  private static boolean isRestart(int kill) {
    return kill + 1 < KILLS && (kill + 1) * (RESTARTS + 1) / KILLS > kill * (RESTARTS + 1) / KILLS;
  }

  private static void send(TestTopics topics, int from, int to) {
    for (int begin = from; begin < to; begin += IN_TRANSACTION) {
      int first = begin;
      int end = Math.min(to, begin + IN_TRANSACTION);
      topics.inTransaction(
          true,
          () -> {
            for (int i = first; i < end; i++) {
              send(topics, i);
            }
          });
      topics.inTransaction(
          false, () -> topics.send(Topic.AUDIT, "a1", approved("a1", "aborted").build()));
    }
  }

  private static void send(TestTopics topics, int i) {
    String account = "a" + i % ACCOUNTS;
    QueryAudited audited =
        approved(account, "r" + i, attempt(1, "m1", "0.01")).setChainSequence(2 * i + 1).build();
    topics.send(Topic.AUDIT, account, audited);
    if (i % CORRECTION_EVERY == 0) {
      topics.send(
          Topic.AUDIT, account, corrected(audited, "0.02", attempt(1, "m2", "0.02")).build());
    }
  }

  /** The database may be away. */
  private static long stored(TestDatabase database) {
    return number(database, "SELECT coalesce(sum(next_offset), 0) FROM kafka_offsets");
  }

  private static long rows(TestDatabase database) {
    return number(
        database,
        "SELECT (SELECT count(*) FROM ai_query_log) + (SELECT count(*) FROM query_corrections)");
  }

  private static long number(TestDatabase database, String sql) {
    try {
      return Long.parseLong(database.value(sql));
    } catch (SQLException e) {
      return -1;
    }
  }

  private static void assertProved(KafkaConfig kafka, DatabaseConfig config, long records)
      throws SQLException {
    Result result = AuditVerification.of(kafka, new TestDatabase(config).dataSource(), Scope.ALL);
    assertThat(result.findings()).isEmpty();
    assertThat(
            List.of(result.missing(), result.duplicate(), result.differing(), result.unexpected()))
        .containsOnly(0L);
    assertThat(result.records()).isEqualTo(records);
    assertThat(result.deadLettered()).isZero();
  }

  /** Nothing was counted twice. */
  private static void assertSums(TestDatabase database) throws SQLException {
    String cost = database.value("SELECT sum(cost) FROM ai_query_log");
    for (String table :
        List.of("llm_attempts", "cost_daily", "cost_monthly", "query_performance_metrics")) {
      assertThat(database.value("SELECT sum(cost) FROM " + table)).as(table).isEqualTo(cost);
    }
    for (String table : List.of("cost_daily", "cost_monthly", "query_performance_metrics")) {
      assertThat(database.value("SELECT sum(requests) FROM " + table))
          .as(table)
          .isEqualTo("" + EVENTS);
    }
  }
}
