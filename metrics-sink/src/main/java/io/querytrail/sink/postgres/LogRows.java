package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.RaisedAlert;
import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.Rollups;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.partition.PartitionCalendar;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records as what the statements take: those that are very many as bytes and sums, the few others
 * as they are. For use by one thread at a time.
 */
final class LogRows {
  final CopyTable<AuditedQuery>.Rows log;
  final CopyTable<AttemptRow>.Rows attempts;
  final CopyTable<CorrectedQuery>.Rows corrections;
  final List<RequestKey> audited = new ArrayList<>();
  final List<CorrectedQuery> corrected = new ArrayList<>();
  final List<ExecutedQuery> executed = new ArrayList<>();
  final List<BudgetPosting> postings = new ArrayList<>();
  final List<RaisedAlert> alerts = new ArrayList<>();
  final Set<YearMonth> months = new HashSet<>();

  private final Rollups rollups = new Rollups();

  /** Of all rows, where it was made since the last of them. */
  private RollupTables.@Nullable Additions sums;

  private long monthBegins = 1;
  private long monthEnds;

  LogRows(
      CopyTable<AuditedQuery>.Rows log,
      CopyTable<AttemptRow>.Rows attempts,
      CopyTable<CorrectedQuery>.Rows corrections) {
    this.log = log;
    this.attempts = attempts;
    this.corrections = corrections;
  }

  void add(SinkRecord record) {
    sums = null;
    addMonth(record.key());
    switch (record) {
      case AuditedQuery query -> {
        List<AttemptRow> calls = query.attemptRows();
        log.add(query);
        calls.forEach(attempts::add);
        audited.add(query.key());
        rollups.add(query, calls);
      }
      case CorrectedQuery correction -> {
        List<AttemptRow> calls = correction.attemptRows();
        corrections.add(correction);
        calls.forEach(attempts::add);
        corrected.add(correction);
        rollups.add(correction, calls);
      }
      case ExecutedQuery execution -> executed.add(execution);
      case BudgetPosting posting -> postings.add(posting);
      case RaisedAlert alert -> alerts.add(alert);
    }
  }

  /** What all rows add to the sums. */
  RollupTables.Additions sums(RollupTables tables) {
    if (sums == null) {
      sums = tables.additions(rollups);
    }
    return sums;
  }

  /** Nearly always the month of the record before. */
  private void addMonth(RequestKey key) {
    long second = key.createdAt().getEpochSecond();
    if (second < monthBegins || second >= monthEnds) {
      YearMonth month = PartitionCalendar.monthOf(key.createdAt());
      months.add(month);
      monthBegins = PartitionCalendar.begin(month).getEpochSecond();
      monthEnds = PartitionCalendar.begin(month.plusMonths(1)).getEpochSecond();
    }
  }
}
