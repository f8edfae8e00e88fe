package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.log.Advance;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
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
    batch(store, partition, Advance.NONE, 1).write(NONE);
    TestBatch batch = batch(store, partition, 1, 2, TestRecords.audited("a", "r1", 1));
    cut.set(true);
    assertThatThrownBy(() -> batch.write(NONE)).isInstanceOf(StoreUnavailableException.class);

    batch.write(NONE);

    assertThat(database.value("SELECT count(*) FROM ai_query_log")).isEqualTo("1");
    // Only once: from here on a conflict is a conflict.
    assertThatThrownBy(() -> batch.write(NONE)).isInstanceOf(OffsetConflictException.class);
  }

  @Test
  void doesNotTakeAnothersCommitForItsOwn() {
    AtomicBoolean cut = new AtomicBoolean();
    LogStore store = store(failingCommits(cut), "one");
    batch(store, partition, Advance.NONE, 1).write(NONE);
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
