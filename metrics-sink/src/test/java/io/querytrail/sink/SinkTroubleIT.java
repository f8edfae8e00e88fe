package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HealthChecks;
import io.querytrail.sink.kafka.BatchLimits;
import io.querytrail.sink.kafka.SinkReader;
import io.querytrail.sink.log.FailingStore;
import io.querytrail.sink.log.StoreUnusableException;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.PostgresLogStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database that answers, and refuses: for now, or for good. */
final class SinkTroubleIT {
  private final String account = TestServers.unique("trouble");
  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private final TestTopics topics = TestTopics.open();
  private final MetricsSink sink = MetricsSink.start(TestServers.sinkConfig(config));

  @AfterEach
  void stop() {
    sink.close();
    topics.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  private void send(int from, int to) {
    for (int i = from; i < to; i++) {
      topics.send(
          Topic.AUDIT, account, approved(account, "r" + i, attempt(1, "m", "0.01")).build());
    }
    topics.flush();
  }

  private void awaitStored(int count) {
    eventually()
        .untilAsserted(() -> assertThat(database.count("ai_query_log", account)).isEqualTo(count));
    eventually().untilAsserted(() -> assertThat(sink.health().reasonsAgainstReady()).isEmpty());
  }

  private void awaitReason(String reason) {
    eventually()
        .untilAsserted(
            () -> assertThat(sink.health().reasonsAgainstReady().get("store")).contains(reason));
    assertThat(sink.health().reasonsAgainstLive()).isEmpty();
  }

  /** What the server says when its disk is full, when it must undo somebody, when it shuts down. */
  @ParameterizedTest
  @CsvSource({
    "53100, could not extend file: No space left on device",
    "40P01, deadlock detected",
    "40001, could not serialize access",
    "57P03, the database system is shutting down"
  })
  void triesAgainForAsLongAsItLasts(String state, String message) throws Exception {
    send(0, 10);
    awaitStored(10);
    database.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION '%s' USING ERRCODE = '%s'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON cost_daily EXECUTE FUNCTION refuse()
        """
            .formatted(message, state));

    send(10, 40);
    awaitReason(message);
    // Nothing of a batch that was refused is there.
    assertThat(database.count("ai_query_log", account)).isEqualTo(10);
    database.execute("DROP TRIGGER refuse ON cost_daily");

    awaitStored(40);
    assertThat(TestTopics.deadLetters(account)).isEmpty();
    assertThat(
            database.value(
                "SELECT sum(requests), sum(cost) FROM cost_daily WHERE account = ?", account))
        .isEqualTo("40|0.400000000000");
  }

  @Test
  void waitsForAPrimaryWhereTheServerIsReadOnly() throws Exception {
    send(0, 10);
    awaitStored(10);
    // As after a failover: the sessions are gone, and the server that answers takes no writes.
    setReadOnly("SET default_transaction_read_only = on");
    endSessions();
    send(10, 20);
    awaitReason("read-only");
    setReadOnly("RESET default_transaction_read_only");
    endSessions();

    awaitStored(20);
    assertThat(TestTopics.deadLetters(account)).isEmpty();
  }

  /** Of this test's database alone, by a session that may write all the same. */
  private void setReadOnly(String setting) throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
      statement.execute("ALTER DATABASE " + connection.getCatalog() + " " + setting);
    }
  }

  private void endSessions() throws Exception {
    database.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """);
  }

  @Test
  void comesThroughARealDeadlock() throws Exception {
    send(0, 10);
    awaitStored(10);
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      // The other holds what the sink needs last, and waits for what the sink takes first.
      other.setAutoCommit(false);
      statement.execute(
          "UPDATE cost_daily SET requests = requests WHERE account = '" + account + "'");
      send(10, 20);
      eventually()
          .untilAsserted(() ->
              assertThat(
                      database.value(
                          """
                          SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND wait_event_type = 'Lock' AND query LIKE '%cost_daily%'
                          """))
                  .isNotEqualTo("0"));
      try {
        statement.execute("UPDATE kafka_offsets SET updated_at = updated_at");
        other.commit();
      } catch (SQLException e) {
        // One of the two is chosen; the sink must come through either way.
        assertThat(e.getSQLState()).isEqualTo("40P01");
        other.rollback();
      }
    }

    awaitStored(20);
    assertThat(database.value("SELECT sum(requests) FROM cost_daily WHERE account = ?", account))
        .isEqualTo("20");
    assertThat(sink.failure()).isNotDone();
  }

  /** A batch may fail at any stage while the next one is being written behind it. */
  @Test
  void losesAndDoublesNothingWhenManyBatchesFail() throws Exception {
    // Past what other tests have on the topic.
    send(0, 10);
    awaitStored(10);
    sink.close();
    database.execute(
        """
        CREATE FUNCTION fail_often() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN
            IF random() < 0.2 THEN RAISE EXCEPTION 'no luck' USING ERRCODE = '40001'; END IF;
            RETURN NULL;
          END $$;
        CREATE TRIGGER fail AFTER INSERT ON cost_daily EXECUTE FUNCTION fail_often();
        CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON kafka_offsets DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION fail_often();
        """);
    int count = 600;
    send(10, count);

    try (MetricsSink often = MetricsSink.start(TestServers.sinkConfig(config, 10))) {
      eventually()
          .untilAsserted(
              () -> assertThat(database.count("ai_query_log", account)).isEqualTo(count));
      assertThat(often.failure()).isNotDone();
    }

    assertThat(TestTopics.deadLetters(account)).isEmpty();
    assertThat(
            database.value(
                "SELECT sum(requests), sum(cost) FROM cost_daily WHERE account = ?", account))
        .isEqualTo("600|6.000000000000");
    assertThat(database.value("SELECT count(*) FROM llm_attempts WHERE account = ?", account))
        .isEqualTo("600");
  }

  /** Commits without an answer, and failures after the next batch was begun, of many partitions. */
  @Test
  void losesAndDoublesNothingWhenTheBatchBehindGoesOn() throws Exception {
    send(0, 10);
    awaitStored(10);
    sink.close();
    int accounts = 6;
    int each = 200;
    for (int i = 0; i < each; i++) {
      for (int k = 0; k < accounts; k++) {
        String one = account + "-" + k;
        topics.send(Topic.AUDIT, one, approved(one, "r" + i, attempt(1, "m", "0.01")).build());
      }
    }
    topics.flush();
    FailingStore store =
        new FailingStore(
            new PostgresLogStore(
                database.dataSource(),
                new PartitionKeeper(
                    database.dataSource(), new PartitionCalendar(Clock.systemUTC(), 1)),
                account));

    try (SinkReader reader =
        SinkReader.start(
            TestServers.kafka(),
            account,
            new BatchLimits(10, 1_000_000, Duration.ofMillis(5)),
            store,
            new SimpleMeterRegistry(),
            new HealthChecks())) {
      eventually()
          .untilAsserted(() -> {
            assertThat(reader.failure()).isNotDone();
            assertThat(
                    database.value(
                        "SELECT count(*) FROM ai_query_log WHERE starts_with(account, ?)",
                        account + "-"))
                .isEqualTo(String.valueOf(accounts * each));
          });
      assertThat(store.failures()).isGreaterThan(20);
    }

    for (int k = 0; k < accounts; k++) {
      String one = account + "-" + k;
      assertThat(TestTopics.deadLetters(one)).isEmpty();
      assertThat(
              database.value(
                  "SELECT sum(requests), sum(cost) FROM cost_daily WHERE account = ?", one))
          .isEqualTo("200|2.000000000000");
    }
  }

  @Test
  void stopsWhereOnlyAPersonCanHelp() throws Exception {
    send(0, 10);
    awaitStored(10);
    database.execute("DROP TABLE cost_monthly");

    send(10, 20);

    eventually().untilAsserted(() -> assertThat(sink.failure()).isDone());
    assertThat(sink.failure().exceptionNow())
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("cost_monthly");
    assertThat(sink.health().reasonsAgainstLive()).containsKey("worker");
  }
}
