package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static io.querytrail.sink.TestEvents.corrected;
import static io.querytrail.sink.TestEvents.executed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.QueryAudited;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.postgres.LogRoles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The sink by way of PgBouncer in transaction mode: each transaction may have another session of
 * the server, which others have used in between.
 */
final class PgBouncerIT {
  private static final int REQUESTS = 3_000;
  private static final int POOL = 3;

  private static final DatabaseConfig SUPERUSER = TestServers.newDatabase();
  private static final TestDatabase DATABASE = new TestDatabase(SUPERUSER);

  private static PgBouncer bouncer;

  @BeforeAll
  static void start() throws Exception {
    TestRoles.create(SUPERUSER);
    bouncer =
        PgBouncer.start(
            Files.createTempDirectory(Path.of("target"), "pgbouncer"),
            POOL,
            TestRoles.as(LogRoles.WRITER, SUPERUSER),
            TestRoles.as(LogRoles.MIGRATOR, SUPERUSER));
  }

  @AfterAll
  static void stop() throws Exception {
    bouncer.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
  }

  /** Small batches, so that there are many transactions. */
  private static MetricsSinkConfig sinkConfig(String settings) {
    MetricsSinkConfig own = TestRoles.sinkConfig(SUPERUSER);
    return new MetricsSinkConfig(
        own.kafka(),
        own.http(),
        bouncer.before(own.database(), settings),
        own.groupId(),
        new MetricsSinkConfig.Batch(100, null, null),
        null,
        10,
        null,
        bouncer.before(TestRoles.as(LogRoles.MIGRATOR, SUPERUSER), "?prepareThreshold=0"));
  }

  private static void send(TestTopics topics, String account) {
    for (int i = 0; i < REQUESTS; i++) {
      QueryAudited audited =
          approved(account, "r" + i, attempt(1, "m", "0.01")).setChainSequence(2L * i).build();
      topics.send(Topic.AUDIT, account, audited);
      topics.send(Topic.EXECUTIONS, account, executed(audited, "e" + i, 7).build());
      if (i % 10 == 0) {
        topics.send(
            Topic.AUDIT, account, corrected(audited, "0.25", attempt(1, "m", "0.25")).build());
      }
    }
    topics.flush();
  }

  @Test
  void writesExactlyOnceWithTwoInstancesAmongOthersTransactions() throws Exception {
    String account = TestServers.unique("bounced");
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        TestTopics topics = TestTopics.open()) {
      MetricsSinkConfig config = sinkConfig("?prepareThreshold=0");
      try (MetricsSink one = MetricsSink.start(config);
          MetricsSink other = MetricsSink.start(config)) {
        List<Future<Set<Integer>>> crowd = new ArrayList<>();
        for (int i = 0; i < POOL; i++) {
          crowd.add(threads.submit(() -> useSessions(config.database(), done)));
        }
        send(topics, account);

        eventually()
            .untilAsserted(() ->
                assertThat(
                        DATABASE.value(
                            """
                            SELECT count(*), count(DISTINCT request_id), sum(corrections), min(execution_time_ms)
                            FROM ai_query_log WHERE account = ?
                            """,
                            account))
                    .isEqualTo("3000|3000|300|7"));
        eventually()
            .untilAsserted(
                () -> assertThat(DATABASE.count("query_executions", account)).isEqualTo(REQUESTS));
        eventually()
            .untilAsserted(() ->
                assertThat(
                        DATABASE.value(
                            "SELECT count(*) FROM upkeep_runs WHERE job = 'percentile_views'"))
                    .isEqualTo("1"));
        done.set(true);

        assertThat(one.failure()).isNotDone();
        assertThat(other.failure()).isNotDone();
        eventually()
            .untilAsserted(() -> {
              assertThat(one.health().reasonsAgainstReady()).isEmpty();
              assertThat(other.health().reasonsAgainstReady()).isEmpty();
            });
        assertThat(sessionsOfOneConnection(crowd)).isGreaterThan(1);
        assertThat(
                Integer.parseInt(
                    DATABASE.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'querytrail_writer' AND datname = current_database()")))
            .isBetween(1, POOL);
      } finally {
        done.set(true);
      }
    }
    assertThat(
            DATABASE.value(
                """
                SELECT sum(requests), sum(cost), (SELECT sum(cost) FROM ai_query_log WHERE account = ?),
                  (SELECT sum(requests) FROM query_performance_metrics WHERE account = ?)
                FROM cost_daily WHERE account = ?
                """,
                account,
                account,
                account))
        .isEqualTo("3000|105.000000000000|105.000000000000|3000");
    // Nobody left a lock behind in a session that others use.
    assertThat(
            DATABASE.value(
                """
                SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE locktype = 'advisory' AND datname = current_database()
                """))
        .isEqualTo("0");
  }

  /** The server's sessions that one connection to the pooler was given meanwhile. */
  private static Set<Integer> useSessions(DatabaseConfig writer, AtomicBoolean done)
      throws Exception {
    Set<Integer> sessions = new HashSet<>();
    try (Connection connection = new TestDatabase(writer).connect();
        Statement statement = connection.createStatement()) {
      while (!done.get()) {
        try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid(), pg_sleep(0.002)")) {
          row.next();
          sessions.add(row.getInt(1));
        }
      }
    }
    return sessions;
  }

  private static int sessionsOfOneConnection(List<Future<Set<Integer>>> crowd)
      throws InterruptedException, ExecutionException {
    int most = 0;
    for (Future<Set<Integer>> sessions : crowd) {
      most = Math.max(most, sessions.get().size());
    }
    return most;
  }

  @Test
  void saysWhatToSetWhenThePoolerLosesPreparedStatements() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    DatabaseConfig crowd = sinkConfig("?prepareThreshold=0").database();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < POOL; i++) {
          threads.submit(() -> useSessions(crowd, done));
        }

        // At its start or a little later: as soon as a statement is prepared in one session and
        // wanted in another.
        assertThatThrownBy(
                () -> {
                  try (TestTopics topics = TestTopics.open();
                      MetricsSink sink = MetricsSink.start(sinkConfig(""))) {
                    send(topics, TestServers.unique("unprepared"));
                    sink.failure().get(60, TimeUnit.SECONDS);
                  }
                })
            .hasStackTraceContaining("put prepareThreshold=0 into jdbcUrl");
      } finally {
        // The executor waits for them at its end.
        done.set(true);
      }
    }
  }
}
