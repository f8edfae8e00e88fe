package io.querytrail.sink.log;

import java.util.List;
import java.util.SortedMap;

/** All that a batch adds to sums. For use by one thread at a time. */
public final class Rollups {
  private final CostRollup costs = new CostRollup();
  private final MinuteRollup minutes = new MinuteRollup();

  /** All the sums, each in one order for all writers, so that they cannot deadlock. */
  public record Lines(
      SortedMap<CostLine, CostSums> days,
      SortedMap<MonthLine, CostSums> months,
      SortedMap<MinuteLine, MinuteCounts> minutes) {}

  /**
   * Adds a request.
   *
   * @param calls its {@link AuditedQuery#attemptRows}
   */
  public void add(AuditedQuery audited, List<AttemptRow> calls) {
    costs.add(audited, calls);
    minutes.add(audited, calls);
  }

  /**
   * Adds a correction.
   *
   * @param calls its {@link CorrectedQuery#attemptRows}
   */
  public void add(CorrectedQuery corrected, List<AttemptRow> calls) {
    costs.add(corrected, calls);
    minutes.add(calls);
  }

  /** What was added so far. */
  public Lines lines() {
    SortedMap<CostLine, CostSums> days = costs.lines();
    return new Lines(days, MonthLine.of(days), minutes.lines());
  }
}
