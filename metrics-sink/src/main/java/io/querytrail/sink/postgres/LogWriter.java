package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.RaisedAlert;
import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.Rollups;
import io.querytrail.sink.log.SinkRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/**
 * Writes records into all their tables, within a transaction that somebody else begins and ends.
 * For use by one thread.
 */
final class LogWriter {
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog(settings::numberOf);
  private final CopyTable<AttemptRow> attempts = LogTables.llmAttempts();
  private final CopyTable<CorrectedQuery> corrections = LogTables.queryCorrections();
  private final CorrectionUpdates correctionUpdates = new CorrectionUpdates();
  private final ExecutionTable executions = new ExecutionTable();
  private final PostingTable postings = new PostingTable();
  private final AlertTable alerts = new AlertTable();
  private final CostDailyTable costDaily = new CostDailyTable();
  private final CostMonthlyTable costMonthly = new CostMonthlyTable();
  private final MinuteMetricsTable minutes = new MinuteMetricsTable();

  /** Prepares what the records' rows name, in transactions of its own. */
  void prepare(DataSource dataSource, List<? extends SinkRecord> records) throws SQLException {
    settings.ensureFor(dataSource, records);
  }

  /** Writes all the records, which must be prepared, or fails. */
  void write(Connection connection, List<? extends SinkRecord> records) throws SQLException {
    // Meanwhile the server has the rows to do: it must not wait for our sums afterwards.
    CompletableFuture<Rollups> rollups = CompletableFuture.supplyAsync(() -> Rollups.of(records));
    Rows rows = new Rows(records);
    log.write(connection, rows.audited);
    attempts.write(connection, rows.attempts);
    corrections.write(connection, rows.corrected);
    correctionUpdates.apply(connection, rows.corrected);
    executions.settle(connection, rows.audited);
    executions.write(connection, rows.executed);
    postings.write(connection, rows.postings);
    alerts.write(connection, rows.alerts);
    add(connection, rollups.join());
  }

  /** Adds the records to all sums; each record must be added once. */
  void rollUp(Connection connection, List<? extends SinkRecord> records) throws SQLException {
    add(connection, Rollups.of(records));
  }

  private void add(Connection connection, Rollups rollups) throws SQLException {
    costDaily.add(connection, rollups.days());
    costMonthly.add(connection, rollups.months());
    minutes.add(connection, rollups.minutes());
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
      write(connection, records);
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

  /** The records by kind, each kind in the records' order. */
  private static final class Rows {
    final List<AuditedQuery> audited = new ArrayList<>();
    final List<AttemptRow> attempts = new ArrayList<>();
    final List<CorrectedQuery> corrected = new ArrayList<>();
    final List<ExecutedQuery> executed = new ArrayList<>();
    final List<BudgetPosting> postings = new ArrayList<>();
    final List<RaisedAlert> alerts = new ArrayList<>();

    Rows(List<? extends SinkRecord> records) {
      for (SinkRecord record : records) {
        switch (record) {
          case AuditedQuery query -> {
            audited.add(query);
            attempts.addAll(query.attemptRows());
          }
          case CorrectedQuery correction -> {
            corrected.add(correction);
            attempts.addAll(correction.attemptRows());
          }
          case ExecutedQuery execution -> executed.add(execution);
          case BudgetPosting posting -> postings.add(posting);
          case RaisedAlert alert -> alerts.add(alert);
        }
      }
    }
  }
}
