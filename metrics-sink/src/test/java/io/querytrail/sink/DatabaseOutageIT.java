package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** The database goes away while records keep coming. */
final class DatabaseOutageIT {
  private static final int BEFORE = 2_000;
  private static final int DURING = 3_000;

  private final String account = TestServers.unique("outage");

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
  }

  @Test
  void catchesUpAfterTheDatabaseWasAway() throws Exception {
    Path directory = TestServers.directory("outage");
    EmbeddedPostgres server = EmbeddedPostgres.start(directory);
    DatabaseConfig databaseConfig = TestServers.newDatabase(server);
    TestDatabase database = new TestDatabase(databaseConfig);
    try (TestTopics topics = TestTopics.open();
        MetricsSink sink = MetricsSink.start(TestServers.sinkConfig(databaseConfig))) {
      // Given a database that stops amid the records
      send(topics, 0, BEFORE);
      eventually()
          .untilAsserted(() -> assertThat(database.count("ai_query_log", account)).isPositive());
      send(topics, BEFORE, BEFORE + DURING);
      server.close();

      // When nothing can be written
      eventually()
          .untilAsserted(() ->
              assertThat(sink.health().reasonsAgainstReady()).containsKeys("store", "database"));
      assertThat(sink.health().reasonsAgainstLive()).isEmpty();
      send(topics, BEFORE + DURING, BEFORE + DURING + 100);

      // Then the same process goes on when the database is back
      server = EmbeddedPostgres.start(directory, server.port());
      eventually()
          .untilAsserted(() ->
              assertThat(database.count("ai_query_log", account)).isEqualTo(BEFORE + DURING + 100));
      eventually().untilAsserted(() -> assertThat(sink.health().reasonsAgainstReady()).isEmpty());
      assertThat(sink.failure()).isNotDone();
      assertThat(
              database.value(
                  """
                  SELECT count(DISTINCT request_id), count(*), (SELECT sum(cost) FROM cost_daily WHERE account = ?)
                  FROM query_attempts WHERE account = ?
                  """,
                  account,
                  account))
          .isEqualTo("5100|5100|51.000000000000");
    } finally {
      server.close();
    }
  }

  private void send(TestTopics topics, int from, int to) {
    for (int i = from; i < to; i++) {
      topics.send(
          Topic.AUDIT,
          account,
          approved(account, "r" + i, attempt(1, "m", "0.01")).setChainSequence(i + 1).build());
    }
    topics.flush();
  }
}
