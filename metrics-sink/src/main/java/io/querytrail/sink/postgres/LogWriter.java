package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.SinkRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Writes records into all their tables, within a transaction that somebody else begins and ends.
 * Rows may be made in one thread while others write.
 */
final class LogWriter {
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog(settings);
  private final CopyTable<AttemptRow> attempts = LogTables.llmAttempts();
  private final CopyTable<CorrectedQuery> corrections = LogTables.queryCorrections();
  private final CorrectionUpdates correctionUpdates = new CorrectionUpdates();
  private final ExecutionTable executions = new ExecutionTable();
  private final PostingTable postings = new PostingTable();
  private final AlertTable alerts = new AlertTable();
  private final RollupTables rollups = new RollupTables();

  /** Rows to fill. */
  LogRows newRows() {
    return new LogRows(log.newRows(), attempts.newRows(), corrections.newRows());
  }

  /** Prepares what all rows made so far name, in transactions of its own. */
  void prepare(DataSource dataSource) throws SQLException {
    settings.ensureWanted(dataSource);
  }

  /** Makes the sums of all rows ready, unless that was done. */
  void complete(LogRows rows) {
    rows.sums(rollups);
  }

  /**
   * Adds the rows, which must be prepared, or fails. Looks at nothing that other transactions
   * write.
   */
  void copy(Connection connection, LogRows rows) throws SQLException {
    rows.log.write(connection);
    rows.attempts.write(connection);
    rows.corrections.write(connection);
  }

  /**
   * Does what the copied rows bring about, or fails. All that was stored before them must be
   * committed.
   */
  void finish(Connection connection, LogRows rows) throws SQLException {
    correctionUpdates.apply(connection, rows.corrected);
    executions.settle(connection, rows.audited);
    executions.write(connection, rows.executed);
    postings.write(connection, rows.postings);
    alerts.write(connection, rows.alerts);
    rollups.add(connection, rows.sums(rollups));
  }

  /**
   * Writes every record that can be written, halving the rest until those that cannot stand alone.
   * The transaction goes on whole.
   */
  List<Refusal> writeWhatCanBe(Connection connection, List<? extends SinkRecord> records)
      throws SQLException {
    List<Refusal> refused = new ArrayList<>();
    isolate(connection, records, refused);
    return refused;
  }

  private void isolate(
      Connection connection, List<? extends SinkRecord> records, List<Refusal> refused)
      throws SQLException {
    if (records.isEmpty()) {
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      LogRows rows = newRows();
      records.forEach(rows::add);
      copy(connection, rows);
      finish(connection, rows);
      connection.releaseSavepoint(before);
      return;
    } catch (SQLException e) {
      if (!SqlFailures.rowsRefused(e)) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      if (records.size() == 1) {
        refused.add(
            new Refusal(
                records.getFirst(), "SQLSTATE " + e.getSQLState(), SqlFailures.firstLine(e)));
        return;
      }
    }
    int middle = records.size() / 2;
    isolate(connection, records.subList(0, middle), refused);
    isolate(connection, records.subList(middle, records.size()), refused);
  }
}
