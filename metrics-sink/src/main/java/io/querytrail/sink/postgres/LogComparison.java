package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.Finding;
import io.querytrail.sink.log.OffsetRange;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Compares audit records with their rows, value by value, in the database: what a record must have
 * become is written into temporary tables by the very code that writes the log. Changes nothing.
 * Not safe for use by several threads.
 */
public final class LogComparison implements AutoCloseable {
  private static final String EXPECTED_LOG = "expected_log";
  private static final String EXPECTED_ATTEMPTS = "expected_attempts";
  private static final String EXPECTED_CORRECTIONS = "expected_corrections";
  private static final String EXPECTED_POSTINGS = "expected_postings";

  private static final String NO_ROW = "no row";

  private static final String PREPARE =
      """
      CREATE TEMPORARY TABLE expected_log (LIKE public.ai_query_log INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE expected_attempts (LIKE public.llm_attempts INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE expected_corrections (LIKE public.query_corrections INCLUDING DEFAULTS)
        ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE expected_postings (LIKE public.budget_adjustments INCLUDING ALL) ON COMMIT DELETE ROWS;
      CREATE TEMPORARY TABLE seen (kafka_partition int NOT NULL, kafka_offset bigint NOT NULL);
      CREATE TEMPORARY TABLE looked_at (kafka_partition int NOT NULL, first_offset bigint NOT NULL,
        end_offset bigint NOT NULL)
      """;

  /** Each row is found by its key: never by reading whole months. */
  private static final String BY_KEY =
      "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

  /** Calls are found by the second, those of all records of that second together. */
  private static final String BY_SECOND =
      "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on";

  private static final String NOTE_SEEN =
      """
      INSERT INTO seen
      SELECT kafka_partition, kafka_offset FROM expected_log
      UNION ALL SELECT kafka_partition, kafka_offset FROM expected_corrections
      UNION ALL SELECT kafka_partition, kafka_offset FROM expected_postings
      """;

  private static final String ROWS_IN_RANGE =
      """
      SELECT kept.kafka_partition, kept.kafka_offset, kept.account, kept.request_id
      FROM (
        SELECT kafka_partition, kafka_offset, account, request_id FROM public.ai_query_log
        UNION ALL SELECT kafka_partition, kafka_offset, account, request_id FROM public.query_corrections
        UNION ALL
        SELECT kafka_partition, kafka_offset, account, command_id FROM public.budget_adjustments) AS kept
      JOIN looked_at ON looked_at.kafka_partition = kept.kafka_partition
        AND kept.kafka_offset >= looked_at.first_offset AND kept.kafka_offset < looked_at.end_offset
      """;

  private static final String DUPLICATES =
      "SELECT kafka_partition, kafka_offset, min(account), min(request_id),"
          + " 'stored ' || count(*) || ' times' FROM ("
          + ROWS_IN_RANGE
          + ") AS stored GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2 LIMIT ?";

  private static final String UNEXPECTED =
      "SELECT stored.kafka_partition, stored.kafka_offset, stored.account, stored.request_id,"
          + " 'no such record on the topic' FROM ("
          + ROWS_IN_RANGE
          + ") AS stored LEFT JOIN seen USING (kafka_partition, kafka_offset)"
          + " WHERE seen.kafka_offset IS NULL ORDER BY 1, 2 LIMIT ?";

  /** A row is a value: whatever column differs, the rows do. */
  private static final String POSTINGS =
      """
      SELECT expected.kafka_partition, expected.kafka_offset, expected.account, expected.command_id,
        CASE WHEN stored.account IS NULL THEN 'no row' ELSE 'the posting' END
      FROM expected_postings AS expected
      LEFT JOIN public.budget_adjustments AS stored USING (account, chain_sequence)
      WHERE ROW(stored.*) IS DISTINCT FROM ROW(expected.*)
      ORDER BY 1, 2
      """;

  private static final String ATTEMPTS =
      """
      WITH records AS (
        SELECT created_at, request_id, account, chain_sequence, kafka_partition, kafka_offset FROM expected_log
        UNION ALL
        SELECT created_at, request_id, account, chain_sequence, kafka_partition, kafka_offset
        FROM expected_corrections),
      stored AS (
        SELECT records.kafka_partition, records.kafka_offset, records.request_id, call.*
        FROM (SELECT DISTINCT date_trunc('second', created_at AT TIME ZONE 'UTC') AS at FROM records) AS seconds
        CROSS JOIN LATERAL public.calls_of_second(seconds.at) AS call
        JOIN records USING (created_at, account, chain_sequence)),
      wanted AS (
        SELECT records.kafka_partition, records.kafka_offset, records.request_id, call.*
        FROM expected_attempts AS call JOIN records USING (created_at, account, chain_sequence))
      SELECT kafka_partition, kafka_offset, account, request_id,
        'llm_attempts ' || ordinal || ': ' || CASE WHEN count(*) = 2 THEN 'differs'
          WHEN bool_or(is_stored) THEN 'is not on the topic' ELSE 'is missing' END
      FROM (
        (SELECT true AS is_stored, * FROM (SELECT * FROM stored EXCEPT ALL SELECT * FROM wanted) AS more)
        UNION ALL
        (SELECT false, * FROM (SELECT * FROM wanted EXCEPT ALL SELECT * FROM stored) AS less)) AS odd
      GROUP BY kafka_partition, kafka_offset, account, request_id, ordinal
      ORDER BY kafka_partition, kafka_offset, ordinal
      """;

  private final Connection connection;
  private final int maxFindings;
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog(EXPECTED_LOG, settings);
  private final CopyTable<AttemptRow> attempts = LogTables.llmAttempts(EXPECTED_ATTEMPTS);
  private final CopyTable<CorrectedQuery> corrections =
      LogTables.queryCorrections(EXPECTED_CORRECTIONS);
  private final PostingTable postings = new PostingTable(EXPECTED_POSTINGS);
  private final String logQuery = logQuery(log.columnNames());
  private final String correctionsQuery = correctionsQuery(corrections.columnNames());

  /**
   * Connects; the user must be allowed to make temporary tables.
   *
   * @param maxFindings of duplicates and of unexpected rows, no more than these are listed
   */
  public LogComparison(DataSource dataSource, int maxFindings) throws SQLException {
    this.maxFindings = maxFindings;
    this.connection = dataSource.getConnection();
    connection.setAutoCommit(false);
    try (Statement prepare = connection.createStatement()) {
      prepare.execute(PREPARE);
    }
    connection.commit();
  }

  /**
   * How far the partitions of that topic are stored; a partition that is not stored at all is
   * missing.
   */
  public Map<StreamPartition, Long> storedUpTo(Collection<StreamPartition> partitions)
      throws SQLException {
    Map<StreamPartition, Long> next = new TreeMap<>();
    new OffsetTable("")
        .read(connection, partitions)
        .forEach((partition, position) -> next.put(partition, position.next()));
    connection.rollback();
    return next;
  }

  /** Compares these records with their rows. */
  public List<Finding> compare(List<SinkRecord> records) throws SQLException {
    List<AuditedQuery> audited = new ArrayList<>();
    List<CorrectedQuery> corrected = new ArrayList<>();
    List<BudgetPosting> posted = new ArrayList<>();
    List<AttemptRow> calls = new ArrayList<>();
    for (SinkRecord record : records) {
      if (record instanceof AuditedQuery query) {
        audited.add(query);
        calls.addAll(query.attemptRows());
      } else if (record instanceof CorrectedQuery correction) {
        corrected.add(correction);
        calls.addAll(correction.attemptRows());
      } else if (record instanceof BudgetPosting posting) {
        posted.add(posting);
      }
    }
    List<Finding> findings = new ArrayList<>();
    settings.lookUp(connection, audited);
    log.write(connection, audited);
    attempts.write(connection, calls);
    corrections.write(connection, corrected);
    postings.write(connection, posted);
    try (Statement statement = connection.createStatement()) {
      statement.execute(BY_KEY);
      statement.executeUpdate(NOTE_SEEN);
      findings.addAll(findings(Finding.Kind.DIFFERING, statement.executeQuery(logQuery)));
      findings.addAll(findings(Finding.Kind.DIFFERING, statement.executeQuery(correctionsQuery)));
      findings.addAll(findings(Finding.Kind.DIFFERING, statement.executeQuery(POSTINGS)));
      statement.execute(BY_SECOND);
      findings.addAll(findings(Finding.Kind.DIFFERING, statement.executeQuery(ATTEMPTS)));
    }
    connection.commit();
    return findings;
  }

  /** What only the whole range shows: rows that are there twice, and rows of no record. */
  public List<Finding> compareWhole(Map<StreamPartition, OffsetRange> ranges) throws SQLException {
    try (PreparedStatement add =
        connection.prepareStatement("INSERT INTO looked_at VALUES (?, ?, ?)")) {
      for (Map.Entry<StreamPartition, OffsetRange> range : ranges.entrySet()) {
        add.setInt(1, range.getKey().partition());
        add.setLong(2, range.getValue().from());
        add.setLong(3, range.getValue().to());
        add.addBatch();
      }
      add.executeBatch();
    }
    List<Finding> findings = new ArrayList<>();
    try (Statement analyze = connection.createStatement()) {
      analyze.execute("ANALYZE seen");
    }
    for (Finding.Kind kind : List.of(Finding.Kind.DUPLICATE, Finding.Kind.UNEXPECTED)) {
      try (PreparedStatement query =
          connection.prepareStatement(kind == Finding.Kind.DUPLICATE ? DUPLICATES : UNEXPECTED)) {
        query.setInt(1, maxFindings);
        findings.addAll(findings(kind, query.executeQuery()));
      }
    }
    connection.rollback();
    return findings;
  }

  private static List<Finding> findings(Finding.Kind kind, ResultSet rows) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        String detail = Objects.requireNonNullElse(rows.getString(5), "");
        findings.add(
            new Finding(
                detail.equals(NO_ROW) ? Finding.Kind.MISSING : kind,
                rows.getInt(1),
                rows.getLong(2),
                rows.getString(3),
                rows.getString(4),
                detail));
      }
    }
    return findings;
  }

  /**
   * Corrections have changed sums of the row since its record: they are taken off again. What runs
   * report is not of the audit topic.
   */
  private static String logQuery(List<String> columns) {
    List<String> differences = new ArrayList<>();
    for (String column : columns) {
      String stored = "log." + column;
      String expected = "expected." + column;
      switch (column) {
        case "cost" ->
            differences.add(difference(column, "log.cost - later.delta", "expected.cost"));
        case "attempts" ->
            differences.add(difference(column, "log.attempts - later.attempts", expected));
        case "usage_complete" ->
            differences.add(
                difference(
                    column,
                    "(log.usage_complete OR later.corrections > 0 AND expected.usage_complete)",
                    expected));
        case "input_tokens",
            "cached_input_tokens",
            "cache_write_tokens",
            "output_tokens",
            "reasoning_tokens" ->
            differences.add(
                difference(
                    column,
                    "CASE later.corrections WHEN 0 THEN %s ELSE coalesce(%s, 0) - later_calls.%s END"
                        .formatted(stored, stored, column),
                    "CASE later.corrections WHEN 0 THEN %s ELSE coalesce(%s, 0) END"
                        .formatted(expected, expected)));
        // One statement has several edits that make it.
        case "approved_edits" -> {}
        case "approved_sql" ->
            differences.add(difference(column, approvedSql("log"), approvedSql("expected")));
        default -> differences.add(difference(column, stored, expected));
      }
    }
    differences.add(difference("corrections", "log.corrections", "later.corrections"));
    return """
    SELECT kafka_partition, kafka_offset, account, request_id, detail FROM (
      SELECT expected.kafka_partition, expected.kafka_offset, expected.account, expected.request_id,
        CASE WHEN log.request_id IS NULL THEN '%s' ELSE concat_ws(', ', %s) END AS detail
      FROM expected_log AS expected
      LEFT JOIN public.ai_query_log AS log ON (log.created_at, log.request_id, log.account)
        = (expected.created_at, expected.request_id, expected.account)
      CROSS JOIN LATERAL (
        SELECT count(*) AS corrections, coalesce(sum(delta), 0) AS delta, coalesce(sum(attempts), 0) AS attempts
        FROM public.query_corrections AS c
        WHERE (c.created_at, c.request_id, c.account)
          = (expected.created_at, expected.request_id, expected.account)) AS later
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(input_tokens), 0) AS input_tokens,
          coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens,
          coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
          coalesce(sum(output_tokens), 0) AS output_tokens,
          coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens
        FROM public.query_attempts AS call
        WHERE later.corrections > 0 AND call.correction AND call.sent
          AND (call.created_at, call.request_id, call.account)
            = (expected.created_at, expected.request_id, expected.account)) AS later_calls ON true) AS compared
    WHERE detail <> ''
    ORDER BY 1, 2
    """
        .formatted(NO_ROW, String.join(",\n", differences));
  }

  private static String approvedSql(String table) {
    return "public.approved_sql(%1$s.generated_sql, %1$s.approved_edits, %1$s.approved_sql)"
        .formatted(table);
  }

  private static String correctionsQuery(List<String> columns) {
    List<String> differences =
        columns.stream()
            .map(column -> difference(column, "stored." + column, "expected." + column))
            .toList();
    return """
    SELECT kafka_partition, kafka_offset, account, request_id, detail FROM (
      SELECT expected.kafka_partition, expected.kafka_offset, expected.account, expected.request_id,
        CASE WHEN stored.request_id IS NULL THEN '%s' ELSE concat_ws(', ', %s) END AS detail
      FROM expected_corrections AS expected
      LEFT JOIN public.query_corrections AS stored
        ON (stored.created_at, stored.request_id, stored.account, stored.chain_sequence)
        = (expected.created_at, expected.request_id, expected.account, expected.chain_sequence)) AS compared
    WHERE detail <> ''
    ORDER BY 1, 2
    """
        .formatted(NO_ROW, String.join(",\n", differences));
  }

  private static String difference(String column, String stored, String expected) {
    return "CASE WHEN %s IS DISTINCT FROM %s THEN '%s' END".formatted(stored, expected, column);
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }
}
