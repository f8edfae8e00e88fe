package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.OffsetConflictException;
import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StoreUnavailableException;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.log.TestBatch;
import io.querytrail.sink.log.TestRecords;
import io.querytrail.sink.partition.PartitionCalendar;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One transaction for rows and offsets, whoever else writes. */
final class PostgresLogStoreIT {
  private static final LogBatch.Refusals NONE = refusals -> assertThat(refusals).isEmpty();

  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private final StreamPartition partition =
      new StreamPartition("cluster", new UUID(1, 2), "audit", 0);
  private final StreamPartition neighbour =
      new StreamPartition("cluster", new UUID(1, 2), "audit", 1);
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

  private LogStore store(DataSource dataSource, String writer) {
    return new PostgresLogStore(
        dataSource,
        new PartitionKeeper(dataSource, new PartitionCalendar(Clock.systemUTC(), 0)),
        writer);
  }

  private static TestBatch batch(
      LogStore store, StreamPartition partition, long expected, long next, SinkRecord... records) {
    return new TestBatch(store, records).moving(partition, expected, next);
  }

  @Test
  void knowsNothingOfAPartitionBeforeItsFirstBatch() {
    LogStore store = store(pool, "one");
    assertThat(store.nextOffsets(List.of(partition))).isEmpty();

    batch(store, partition, Advance.NONE, 10, TestRecords.audited("a", "r1", 9)).write(NONE);

    assertThat(store.nextOffsets(List.of(partition, neighbour)))
        .containsExactly(Map.entry(partition, 10L));
  }

  @Test
  void letsOneOfTwoWritersOfAPartitionCommitAndTheOtherFail() throws Exception {
    LogStore owner = store(pool, "owner");
    LogStore zombie = store(pool, "zombie");
    batch(owner, partition, Advance.NONE, 10, TestRecords.audited("a", "r1", 9)).write(NONE);

    batch(owner, partition, 10, 11, TestRecords.audited("a", "r2", 10)).write(NONE);
    assertThatThrownBy(
            () -> batch(zombie, partition, 10, 12, TestRecords.audited("a", "r3", 11)).write(NONE))
        .isInstanceOfSatisfying(
            OffsetConflictException.class,
            conflict -> {
              assertThat(conflict.partition()).isEqualTo(partition);
              assertThat(conflict.expected()).isEqualTo(10);
            });
    assertThatThrownBy(() ->
            batch(zombie, partition, Advance.NONE, 5, TestRecords.audited("a", "r4", 4))
                .write(NONE))
        .isInstanceOf(OffsetConflictException.class);

    assertThat(database.rows("SELECT request_id FROM ai_query_log ORDER BY 1"))
        .containsExactly("r1", "r2");
    assertThat(database.value("SELECT next_offset, written_by FROM kafka_offsets"))
        .isEqualTo("11|owner");
  }

  @Test
  void letsOneOfTwoWritersAtTheSameTimeCommitAndTheOtherFail() throws Exception {
    batch(store(pool, "first"), partition, Advance.NONE, 1).write(NONE);
    int writers = 4;
    List<Thread> threads = new ArrayList<>();
    List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < writers; i++) {
      LogStore store = store(pool, "w" + i);
      SinkRecord record = TestRecords.audited("a", "r" + i, 1);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  batch(store, partition, 1, 2, record).write(NONE);
                  outcomes.add("committed");
                } catch (OffsetConflictException e) {
                  outcomes.add("failed");
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(outcomes).containsExactlyInAnyOrder("committed", "failed", "failed", "failed");
    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("1");
  }

  @Test
  void writesNothingWhenOneOfSeveralPartitionsWasMoved() throws Exception {
    LogStore store = store(pool, "one");
    batch(store, neighbour, Advance.NONE, 7).write(NONE);
    TestBatch both =
        new TestBatch(store, TestRecords.audited("a", "r1", 0))
            .moving(partition, Advance.NONE, 1)
            .moving(neighbour, 6, 8);

    assertThatThrownBy(() -> both.write(NONE)).isInstanceOf(OffsetConflictException.class);

    assertThat(store.nextOffsets(List.of(partition, neighbour)))
        .containsExactly(Map.entry(neighbour, 7L));
    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("0");
  }

  @Test
  void knowsItsOwnCommitWhoseAnswerWasLost() throws Exception {
    AtomicBoolean cut = new AtomicBoolean();
    LogStore store = store(losingAnswers(cut), "one");
    TestBatch batch = storedWithoutAnswer(store, cut);

    batch.write(NONE);

    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("2");
    assertThat(database.value("SELECT sum(requests) FROM cost_daily")).isEqualTo("2");
  }

  @Test
  void knowsItsOwnCommitWhoseAnswerWasLostWhenTheNextBatchIsStoredToo() throws Exception {
    AtomicBoolean cut = new AtomicBoolean();
    LogStore store = store(losingAnswers(cut), "one");
    TestBatch batch = storedWithoutAnswer(store, cut);
    batch(store, partition, 2, 3, TestRecords.audited("a", "r2", 2)).write(NONE);

    batch.write(NONE);

    assertThat(database.rows("SELECT request_id FROM ai_query_log ORDER BY 1"))
        .containsExactly("r0", "r1", "r2");
    assertThat(store.nextOffsets(List.of(partition))).containsExactly(Map.entry(partition, 3L));
  }

  @Test
  void storesABatchThatWasBegunBeforeTheEndOfTheOneBeforeIt() throws Exception {
    LogStore store = store(pool, "one");
    batch(store, partition, Advance.NONE, 1).write(NONE);
    AuditedQuery query = TestRecords.audited("a", "r1", 1);
    TestBatch second =
        batch(
            store,
            partition,
            2,
            4,
            TestRecords.corrected(query, "0.5"),
            TestRecords.audited("a", "r2", 3));
    AtomicReference<Future<?>> ahead = new AtomicReference<>();

    // Its correction is of a row that is not committed yet when its own rows are copied.
    batch(store, partition, 1, 2, query)
        .write(NONE, () -> ahead.set(writingAhead(() -> second.write(NONE))));
    ahead.get().get();

    assertThat(database.rows("SELECT request_id, cost FROM ai_query_log ORDER BY 1"))
        .containsExactly("r1|0.500000000000", "r2|0.000000000000");
    assertThat(database.value("SELECT sum(requests), sum(cost) FROM cost_daily"))
        .isEqualTo("2|0.500000000000");
    assertThat(store.nextOffsets(List.of(partition))).containsExactly(Map.entry(partition, 4L));
  }

  @Test
  void storesNothingOfABatchWhenTheOneBeforeItFails() throws Exception {
    LogStore store = store(pool, "one");
    batch(store, partition, Advance.NONE, 1).write(NONE);
    TestBatch first = batch(store, partition, 1, 2, TestRecords.audited("a", "r1", 1));
    TestBatch second = batch(store, partition, 2, 3, TestRecords.audited("a", "r2", 2));
    AtomicReference<Future<?>> ahead = new AtomicReference<>();

    assertThatThrownBy(() ->
            first.write(
                NONE,
                () -> {
                  ahead.set(writingAhead(() -> second.write(NONE)));
                  throw new IllegalStateException("the first fails");
                }))
        .hasMessage("the first fails");

    assertThatThrownBy(() -> ahead.get().get()).hasCauseInstanceOf(OffsetConflictException.class);
    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("0");
    assertThat(store.nextOffsets(List.of(partition))).containsExactly(Map.entry(partition, 1L));
    first.write(NONE);
    second.write(NONE);
    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("2");
  }

  @Test
  void refusesWhatTheBatchBeforeHasAlready() throws Exception {
    LogStore store = store(pool, "one");
    SinkRecord twice = TestRecords.audited("a", "r1", 1);
    TestBatch second = batch(store, partition, 1, 3, twice, TestRecords.audited("a", "r2", 2));
    List<Refusal> refused = new ArrayList<>();
    AtomicReference<Future<?>> ahead = new AtomicReference<>();

    batch(store, partition, Advance.NONE, 1, TestRecords.audited("a", "r1", 0))
        .write(NONE, () -> ahead.set(writingAhead(() -> second.write(refused::addAll))));
    ahead.get().get();

    assertThat(refused).extracting(Refusal::record).containsExactly(twice);
    assertThat(database.rows("SELECT request_id FROM ai_query_log ORDER BY 1"))
        .containsExactly("r1", "r2");
  }

  @Test
  void endsACircleOfWaitsThatGoesThroughBothBatches() throws Exception {
    LogStore store = store(pool, "one");
    batch(store, partition, Advance.NONE, 1, TestRecords.audited("a", "r0", 0)).write(NONE);
    TestBatch first = batch(store, partition, 1, 2, TestRecords.audited("a", "r1", 1));
    TestBatch second = batch(store, partition, 2, 3, TestRecords.audited("a", "r2", 2));
    AtomicReference<Future<?>> ahead = new AtomicReference<>();
    AtomicReference<Future<?>> theirs = new AtomicReference<>();

    // Somebody has the sums that the first wants, and wants a row that the second has.
    try {
      first.write(
          NONE,
          () -> {
            ahead.set(writingAhead(() -> second.write(NONE)));
            theirs.set(begin(this::holdSumsAndWantSecondRow));
            awaitWaiting(2);
          });
    } catch (StoreUnavailableException e) {
      assertThat(e).hasMessageContaining("deadlock");
    }
    waitFor(ahead.get());
    waitFor(theirs.get());

    long next = Objects.requireNonNull(store.nextOffsets(List.of(partition)).get(partition));
    if (next == 1) {
      first.write(NONE);
    }
    if (next <= 2) {
      second.write(NONE);
    }
    assertThat(database.rows("SELECT request_id FROM ai_query_log ORDER BY 1"))
        .containsExactly("r0", "r1", "r2");
    assertThat(database.value("SELECT sum(requests) FROM cost_daily")).isEqualTo("3");
  }

  private void holdSumsAndWantSecondRow() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          """
          CREATE TEMPORARY TABLE mine ON COMMIT DROP AS SELECT * FROM ai_query_log;
          UPDATE mine SET request_id = 'r2';
          UPDATE cost_daily SET requests = requests;
          INSERT INTO ai_query_log SELECT * FROM mine
          """);
      connection.rollback();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("40P01");
    }
  }

  /** However it ends: what is stored then is looked at. */
  private static void waitFor(Future<?> task) throws Exception {
    try {
      task.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e.getCause())
          .isInstanceOfAny(StoreUnavailableException.class, OffsetConflictException.class);
    }
  }

  @Test
  void doesNotTakeAnothersCommitForItsOwn() {
    AtomicBoolean cut = new AtomicBoolean();
    LogStore store = store(failingCommits(cut), "one");
    batch(store, partition, Advance.NONE, 1, TestRecords.audited("a", "r0", 0)).write(NONE);
    TestBatch batch = batch(store, partition, 1, 2, TestRecords.audited("a", "mine", 1));
    cut.set(true);
    assertThatThrownBy(() -> batch.write(NONE)).isInstanceOf(StoreUnavailableException.class);
    batch(store(pool, "other"), partition, 1, 2, TestRecords.audited("a", "theirs", 1)).write(NONE);

    assertThatThrownBy(() -> batch.write(NONE)).isInstanceOf(OffsetConflictException.class);
  }

  @Test
  void handsRefusedRecordsOverAndStoresTheOthers() throws Exception {
    LogStore store = store(pool, "one");
    List<SinkRecord> records = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      records.add(TestRecords.audited("a", "r" + i, i));
    }
    SinkRecord tooDear = TestRecords.audited("a", "dear", 64, new BigDecimal("1e17").setScale(12));
    SinkRecord twice = TestRecords.audited("a", "r3", 65);
    records.add(20, tooDear);
    records.add(twice);
    List<Refusal> refused = new ArrayList<>();

    batch(store, partition, Advance.NONE, 66, records.toArray(SinkRecord[]::new))
        .write(refused::addAll);

    assertThat(refused).extracting(Refusal::record).containsExactly(tooDear, twice);
    assertThat(refused)
        .extracting(Refusal::errorClass)
        .containsExactly("SQLSTATE 22003", "SQLSTATE 23505");
    assertThat(refused).extracting(Refusal::message).noneMatch(text -> text.contains("\n"));
    assertThat(database.value("SELECT count(*), count(DISTINCT request_id) FROM ai_query_log"))
        .isEqualTo("64|64");
    assertThat(database.value("SELECT sum(requests) FROM cost_daily")).isEqualTo("64");
  }

  @Test
  void writesNothingWhenRefusedRecordsCannotBeSaved() throws Exception {
    LogStore store = store(pool, "one");
    SinkRecord record = TestRecords.audited("a", "r1", 0);

    assertThatThrownBy(() ->
            batch(store, partition, Advance.NONE, 2, record, record)
                .write(refusals -> {
                  throw new IllegalStateException("no room for " + refusals.size());
                }))
        .hasMessage("no room for 1");

    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("0");
    assertThat(store.nextOffsets(List.of(partition))).isEmpty();
  }

  @Test
  void settlesAnExecutionThatMissedItsRow() throws Exception {
    LogStore store = store(pool, "one");
    batch(store, partition, Advance.NONE, 1, TestRecords.executed("a", "r1", 0)).write(NONE);
    // As if both had been written at once: neither transaction saw the other one's row.
    batch(store, neighbour, Advance.NONE, 1, TestRecords.audited("a", "r1", 0)).write(NONE);
    database.execute(
        """
        UPDATE ai_query_log SET execution_time_ms = NULL;
        INSERT INTO executions_awaiting_row (created_at, request_id, account)
        SELECT created_at, request_id, account FROM ai_query_log
        """);

    new ExecutionUpkeep(pool).settleRecent();

    assertThat(database.value("SELECT execution_time_ms FROM ai_query_log")).isEqualTo("30");
    assertThat(database.value("SELECT count(*) FROM executions_awaiting_row")).isEqualTo("0");
  }

  @Test
  void forgetsExecutionsWhoseRowNeverCame() throws Exception {
    batch(store(pool, "one"), partition, Advance.NONE, 1, TestRecords.executed("a", "r1", 0))
        .write(NONE);
    ExecutionUpkeep upkeep = new ExecutionUpkeep(pool);

    upkeep.settleAll();
    assertThat(database.value("SELECT count(*) FROM executions_awaiting_row")).isEqualTo("1");
    database.execute(
        "UPDATE executions_awaiting_row SET arrived_at = arrived_at - interval '8 days'");
    upkeep.settleAll();

    assertThat(database.value("SELECT count(*) FROM executions_awaiting_row")).isEqualTo("0");
    assertThat(database.value("SELECT count(*) FROM query_executions")).isEqualTo("1");
  }

  /** Has that done by another thread until it waits in the server. */
  private Future<?> writingAhead(Runnable write) {
    Future<?> writing = begin(write);
    awaitWaiting(1);
    return writing;
  }

  private static Future<?> begin(Runnable write) {
    FutureTask<@Nullable Void> task = new FutureTask<>(write, null);
    Thread.ofVirtual().start(task);
    return task;
  }

  private void awaitWaiting(int sessions) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(
                    database.value(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                        """))
                .isEqualTo(String.valueOf(sessions)));
  }

  /** Up to offset 2, behind a first batch that is as usual. */
  private TestBatch storedWithoutAnswer(LogStore store, AtomicBoolean cut) {
    // With a row, so that the next commit is not that of its month's partition.
    batch(store, partition, Advance.NONE, 1, TestRecords.audited("a", "r0", 0)).write(NONE);
    TestBatch batch = batch(store, partition, 1, 2, TestRecords.audited("a", "r1", 1));
    cut.set(true);
    assertThatThrownBy(() -> batch.write(NONE)).isInstanceOf(StoreUnavailableException.class);
    return batch;
  }

  /** Commits, and then loses the connection before the answer, once. */
  private DataSource losingAnswers(AtomicBoolean cut) {
    return intercepting(connection -> {
      connection.commit();
      if (cut.getAndSet(false)) {
        throw new SQLException("connection lost", "08006");
      }
    });
  }

  /** Loses the connection before the commit, once. */
  private DataSource failingCommits(AtomicBoolean cut) {
    return intercepting(connection -> {
      if (cut.getAndSet(false)) {
        connection.rollback();
        throw new SQLException("connection lost", "08006");
      }
      connection.commit();
    });
  }

  private interface Commit {
    void of(Connection connection) throws SQLException;
  }

  private DataSource intercepting(Commit commit) {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          Object result = method.invoke(pool, arguments);
          return result instanceof Connection connection ? committing(connection, commit) : result;
        });
  }

  private static Connection committing(Connection connection, Commit commit) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (!method.getName().equals("commit")) {
            return method.invoke(connection, arguments);
          }
          commit.of(connection);
          return null;
        });
  }

  private interface Call {
    @Nullable Object of(Method method, @Nullable Object[] arguments) throws Exception;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          try {
            return call.of(method, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(
        Proxy.newProxyInstance(
            PostgresLogStoreIT.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
