package io.querytrail.sink.log;

import java.util.List;
import java.util.SortedMap;

/** All that a batch adds to sums, each in one order for all writers. */
public record Rollups(
    SortedMap<CostLine, CostSums> days,
    SortedMap<MonthLine, CostSums> months,
    SortedMap<MinuteLine, MinuteCounts> minutes) {
  /** The sums of these records. */
  public static Rollups of(List<? extends SinkRecord> records) {
    SortedMap<CostLine, CostSums> days = CostRollup.of(records);
    return new Rollups(days, MonthLine.of(days), MinuteRollup.of(records));
  }
}
