package io.querytrail.sink.postgres;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.RaisedAlert;
import io.querytrail.sink.log.RecordName;
import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.Rollups;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.partition.PartitionCalendar;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Brings rows into a log that may have them already: by way of staging tables, with a conflict
 * clause, so that what is there stays as it is and is not counted again, unless it is named. Safe
 * beside sinks that write: each of its transactions holds the offsets of its partitions. For use by
 * one thread.
 */
public final class RebuildStore implements AutoCloseable {
  /**
   * What became of some records.
   *
   * @param added were not in the log
   * @param rewritten differed, and were taken out first; they are among the added
   * @param refused cannot be stored, as when they were first read
   * @param passedOver are of months that were taken out of the log
   */
  public record Outcome(long added, long rewritten, long present, long refused, long passedOver) {
    public static final Outcome NOTHING = new Outcome(0, 0, 0, 0, 0);

    public Outcome plus(Outcome other) {
      return new Outcome(
          added + other.added,
          rewritten + other.rewritten,
          present + other.present,
          refused + other.refused,
          passedOver + other.passedOver);
    }
  }

  private static final String PREPARE =
      """
      CREATE TEMPORARY TABLE staged_log (LIKE public.ai_query_log INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE staged_attempts (LIKE public.llm_attempts INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE staged_corrections (LIKE public.query_corrections INCLUDING DEFAULTS)
        ON COMMIT DELETE ROWS
      """;
  private static final String EMPTY = "TRUNCATE staged_log, staged_attempts, staged_corrections";
  private static final String LOCK_OFFSET =
      """
      SELECT next_offset FROM public.kafka_offsets
      WHERE cluster_id = ? AND topic_id = ? AND partition = ? FOR UPDATE
      """;
  private static final String GONE =
      """
      SELECT DISTINCT ON (table_name, month) month, event FROM public.partition_events
      WHERE table_name = 'ai_query_log' ORDER BY table_name, month, happened_at DESC
      """;
  private static final String ADD_ATTEMPTS =
      """
      WITH kept AS MATERIALIZED (
        SELECT call.created_at, call.account, call.chain_sequence, call.ordinal
        FROM (SELECT DISTINCT date_trunc('second', created_at AT TIME ZONE 'UTC') AS at FROM staged_attempts) AS seconds
        CROSS JOIN LATERAL public.calls_of_second(seconds.at) AS call)
      INSERT INTO public.llm_attempts SELECT * FROM staged_attempts AS call
      WHERE NOT EXISTS (
        SELECT FROM kept
        WHERE (kept.created_at, kept.account, kept.chain_sequence, kept.ordinal)
          = (call.created_at, call.account, call.chain_sequence, call.ordinal))
      """;
  private static final String TAKE_OUT =
      """
      WITH named AS (
        SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::int8[])
          AS n (created_at, request_id, account, chain_sequence)),
      records AS (
        SELECT created_at, account, chain_sequence FROM named
        UNION SELECT log.created_at, log.account, log.chain_sequence FROM public.ai_query_log AS log
          JOIN named USING (created_at, request_id, account)
        UNION SELECT c.created_at, c.account, c.chain_sequence FROM public.query_corrections AS c
          JOIN named USING (created_at, request_id, account)),
      calls AS (
        DELETE FROM public.llm_attempts AS call USING records
        WHERE (call.created_at, call.account, call.chain_sequence)
          = (records.created_at, records.account, records.chain_sequence)
          AND date_trunc('second', call.created_at AT TIME ZONE 'UTC')
            = date_trunc('second', records.created_at AT TIME ZONE 'UTC')),
      corrections AS (
        DELETE FROM public.query_corrections AS c USING named
        WHERE (c.created_at, c.request_id, c.account) = (named.created_at, named.request_id, named.account))
      DELETE FROM public.ai_query_log AS log USING named
      WHERE (log.created_at, log.request_id, log.account) = (named.created_at, named.request_id, named.account)
      """;
  private static final String TAKE_OUT_POSTINGS =
      """
      DELETE FROM public.budget_adjustments AS posting
      USING unnest(?::text[], ?::int8[]) AS named (account, chain_sequence)
      WHERE (posting.account, posting.chain_sequence) = (named.account, named.chain_sequence)
      """;
  private static final String MONTHS_OF_LOG =
      """
      SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'public.ai_query_log'::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
      ORDER BY 1
      """;

  private record Place(int partition, long offset) {
    static Place of(SinkRecord record) {
      return new Place(record.source().partition(), record.source().offset());
    }
  }

  private final DataSource dataSource;
  private final Connection connection;
  private final PartitionKeeper partitions;
  private final OffsetTable offsets;
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog("staged_log", settings);
  private final CopyTable<AttemptRow> attempts = LogTables.llmAttempts("staged_attempts");
  private final CopyTable<CorrectedQuery> corrections =
      LogTables.queryCorrections("staged_corrections");
  private final CorrectionUpdates correctionUpdates = new CorrectionUpdates();
  private final ExecutionTable executions = new ExecutionTable();
  private final AlertTable alerts = new AlertTable();
  private final PostingTable postings = new PostingTable();
  private final RollupTables rollups = new RollupTables();
  private final Set<YearMonth> gone = new HashSet<>();
  private final Set<RecordName> differing = new HashSet<>();

  /** Connects. */
  public RebuildStore(DataSource dataSource, PartitionKeeper partitions, String writerId)
      throws SQLException {
    this.dataSource = dataSource;
    this.partitions = partitions;
    this.offsets = new OffsetTable(writerId);
    this.connection = dataSource.getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(PREPARE);
      try (ResultSet rows = statement.executeQuery(GONE)) {
        while (rows.next()) {
          if (!"ATTACHED".equals(rows.getString("event"))) {
            gone.add(YearMonth.from(rows.getDate("month").toLocalDate()));
          }
        }
      }
    }
    connection.commit();
  }

  /** How far these partitions are stored; one that is not known at all is missing. */
  public Map<StreamPartition, Long> storedUpTo(Collection<StreamPartition> wanted)
      throws SQLException {
    Map<StreamPartition, Long> stored = new TreeMap<>();
    offsets
        .read(connection, wanted)
        .forEach((partition, position) -> stored.put(partition, position.next()));
    connection.rollback();
    return stored;
  }

  /** Has what these name written anew when its record comes by. */
  public void rewrite(Set<RecordName> names) {
    differing.addAll(names);
  }

  /**
   * Adds what is not there yet, and moves partitions on that are not that far.
   *
   * @param next the offset after these records, by partition
   */
  public Outcome write(List<SinkRecord> records, SortedMap<StreamPartition, Long> next)
      throws SQLException {
    List<SinkRecord> wanted =
        records.stream()
            .filter(record -> !gone.contains(PartitionCalendar.monthOf(record.key().createdAt())))
            .toList();
    partitions.ensureFor(
        wanted.stream()
            .map(record -> PartitionCalendar.monthOf(record.key().createdAt()))
            .collect(Collectors.toSet()));
    settings.ensureFor(dataSource, wanted);
    try {
      advance(next);
      Outcome outcome = add(wanted);
      connection.commit();
      return outcome.plus(new Outcome(0, 0, 0, 0, records.size() - wanted.size()));
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  /** Locks the partitions in the order in which every writer does. */
  private void advance(SortedMap<StreamPartition, Long> next) throws SQLException {
    SortedMap<StreamPartition, Advance> advances = new TreeMap<>();
    try (PreparedStatement lock = connection.prepareStatement(LOCK_OFFSET)) {
      for (Map.Entry<StreamPartition, Long> entry : next.entrySet()) {
        StreamPartition partition = entry.getKey();
        lock.setString(1, partition.clusterId());
        lock.setObject(2, partition.topicId());
        lock.setInt(3, partition.partition());
        try (ResultSet row = lock.executeQuery()) {
          long stored = row.next() ? row.getLong(1) : Advance.NONE;
          if (entry.getValue() > stored) {
            advances.put(partition, new Advance(stored, entry.getValue()));
          }
        }
      }
    }
    offsets.advance(connection, advances);
  }

  private Outcome add(List<SinkRecord> records) throws SQLException {
    if (records.isEmpty()) {
      return Outcome.NOTHING;
    }
    Savepoint before = connection.setSavepoint();
    try {
      Outcome outcome = addAll(records);
      connection.releaseSavepoint(before);
      return outcome;
    } catch (SQLException e) {
      if (!SqlFailures.rowsRefused(e)) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
    }
    if (records.size() == 1) {
      return new Outcome(0, 0, 0, 1, 0);
    }
    int middle = records.size() / 2;
    return add(records.subList(0, middle)).plus(add(records.subList(middle, records.size())));
  }

  private Outcome addAll(List<SinkRecord> records) throws SQLException {
    List<AuditedQuery> audited = only(AuditedQuery.class, records);
    List<CorrectedQuery> corrected = only(CorrectedQuery.class, records);
    List<BudgetPosting> posted = only(BudgetPosting.class, records);
    long taken = takeOut(audited) + takeOutPostings(posted);
    log.write(connection, audited);
    Set<Place> newRows = insert("ai_query_log", "staged_log", log.columnNames());
    corrections.write(connection, corrected);
    Set<Place> newCorrections =
        insert("query_corrections", "staged_corrections", corrections.columnNames());

    List<AuditedQuery> addedRows = audited.stream().filter(in(newRows)).toList();
    List<CorrectedQuery> addedCorrections = corrected.stream().filter(in(newCorrections)).toList();
    addCalls(audited, corrected);
    correctionUpdates.apply(connection, addedCorrections);
    List<RequestKey> addedKeys = addedRows.stream().map(AuditedQuery::key).toList();
    executions.settle(connection, addedKeys);
    executions.show(connection, addedKeys);
    executions.write(connection, only(ExecutedQuery.class, records));
    alerts.write(connection, only(RaisedAlert.class, records));
    postings.write(connection, posted);
    Rollups sums = new Rollups();
    addedRows.forEach(query -> sums.add(query, query.attemptRows()));
    addedCorrections.forEach(correction -> sums.add(correction, correction.attemptRows()));
    rollups.add(connection, rollups.additions(sums));
    try (Statement empty = connection.createStatement()) {
      empty.execute(EMPTY);
    }
    // A record that repeats another comes after it, and must change nothing.
    records.forEach(record -> name(record).ifPresent(differing::remove));
    long added = (long) addedRows.size() + addedCorrections.size();
    return new Outcome(added, taken, records.size() - added, 0, 0);
  }

  private static Optional<RecordName> name(SinkRecord record) {
    return switch (record) {
      case AuditedQuery query ->
          Optional.of(new RecordName(query.key().account(), query.key().requestId()));
      case BudgetPosting posting ->
          Optional.of(new RecordName(posting.account(), posting.commandId()));
      case CorrectedQuery correction -> Optional.empty();
      case ExecutedQuery execution -> Optional.empty();
      case RaisedAlert alert -> Optional.empty();
    };
  }

  private <T extends SinkRecord> List<T> differing(List<T> records) {
    return records.stream()
        .filter(record -> name(record).filter(differing::contains).isPresent())
        .toList();
  }

  /** The requests that differ, with their calls and corrections: those come by again. */
  private long takeOut(List<AuditedQuery> audited) throws SQLException {
    List<AuditedQuery> changed = differing(audited);
    return new SqlArrays<AuditedQuery>(changed)
        .keys(AuditedQuery::key)
        .values(query -> query.chain().sequence())
        .update(connection, TAKE_OUT);
  }

  private long takeOutPostings(List<BudgetPosting> posted) throws SQLException {
    List<BudgetPosting> changed = differing(posted);
    return new SqlArrays<BudgetPosting>(changed)
        .text(BudgetPosting::account)
        .values(posting -> posting.chain().sequence())
        .update(connection, TAKE_OUT_POSTINGS);
  }

  /** The calls of every record that has its row now; one that repeats another has none. */
  private void addCalls(List<AuditedQuery> audited, List<CorrectedQuery> corrected)
      throws SQLException {
    Set<Place> stored =
        places(
            """
            SELECT log.kafka_partition, log.kafka_offset FROM staged_log
            JOIN public.ai_query_log AS log USING (created_at, request_id, account, kafka_partition, kafka_offset)
            """);
    stored.addAll(
        places(
            """
            SELECT kept.kafka_partition, kept.kafka_offset FROM staged_corrections
            JOIN public.query_corrections AS kept
              USING (created_at, request_id, account, chain_sequence, kafka_partition, kafka_offset)
            """));
    List<AttemptRow> calls = new ArrayList<>();
    audited.stream().filter(in(stored)).forEach(query -> calls.addAll(query.attemptRows()));
    corrected.stream().filter(in(stored)).forEach(query -> calls.addAll(query.attemptRows()));
    attempts.write(connection, calls);
    try (Statement add = connection.createStatement()) {
      add.executeUpdate(ADD_ATTEMPTS);
    }
  }

  private static Predicate<SinkRecord> in(Set<Place> places) {
    return record -> places.contains(Place.of(record));
  }

  private static <T extends SinkRecord> List<T> only(Class<T> type, List<SinkRecord> records) {
    return records.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private Set<Place> insert(String table, String staging, List<String> columns)
      throws SQLException {
    String list = String.join(", ", columns);
    return places(
        "INSERT INTO public.%s (%s) SELECT %s FROM %s ON CONFLICT DO NOTHING RETURNING kafka_partition, kafka_offset"
            .formatted(table, list, list, staging));
  }

  private Set<Place> places(String sql) throws SQLException {
    Set<Place> places = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        places.add(new Place(rows.getInt(1), rows.getLong(2)));
      }
    }
    return places;
  }

  /** Makes the sums of every month that is in the log anew from its rows. */
  public void recomputeRollups() throws SQLException {
    List<YearMonth> months = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(MONTHS_OF_LOG)) {
      while (rows.next()) {
        months.add(YearMonth.from(rows.getDate(1).toLocalDate()));
      }
    }
    try (PreparedStatement recompute =
        connection.prepareStatement("SELECT public.recompute_rollups(?)")) {
      for (YearMonth month : months) {
        recompute.setObject(1, month.atDay(1));
        recompute.execute();
        connection.commit();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }
}
