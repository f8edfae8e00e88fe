package io.querytrail.sink.postgres;

import io.querytrail.sink.log.CostLine;
import io.querytrail.sink.log.CostSums;
import io.querytrail.sink.log.MinuteCounts;
import io.querytrail.sink.log.MinuteLine;
import io.querytrail.sink.log.MonthLine;
import io.querytrail.sink.log.Rollups;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map.Entry;

/** All tables of sums. */
final class RollupTables {
  /** Sums as the statements take them. */
  record Additions(
      SqlArrays<Entry<CostLine, CostSums>> days,
      SqlArrays<Entry<MonthLine, CostSums>> months,
      SqlArrays<Entry<MinuteLine, MinuteCounts>> minutes) {}

  private final CostTable<CostLine> costDaily = CostTable.daily();
  private final CostTable<MonthLine> costMonthly = CostTable.monthly();
  private final MinuteMetricsTable minutes = new MinuteMetricsTable();

  /** Makes sums ready, without any connection. */
  Additions additions(Rollups rollups) {
    Rollups.Lines lines = rollups.lines();
    return new Additions(
        costDaily.arrays(lines.days()),
        costMonthly.arrays(lines.months()),
        minutes.arrays(lines.minutes()));
  }

  /** Adds to the sums; what is added twice counts twice. */
  void add(Connection connection, Additions additions) throws SQLException {
    costDaily.add(connection, additions.days());
    costMonthly.add(connection, additions.months());
    minutes.add(connection, additions.minutes());
  }
}
