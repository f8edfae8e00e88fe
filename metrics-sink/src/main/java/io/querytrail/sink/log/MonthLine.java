package io.querytrail.sink.log;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a monthly sum is kept by; an unknown key is an empty string. */
public record MonthLine(
    LocalDate month,
    String account,
    String team,
    String datasource,
    String provider,
    String model,
    String currency)
    implements Comparable<MonthLine> {
  private static final Comparator<MonthLine> ORDER =
      Comparator.comparing(MonthLine::month)
          .thenComparing(MonthLine::account)
          .thenComparing(MonthLine::team)
          .thenComparing(MonthLine::datasource)
          .thenComparing(MonthLine::provider)
          .thenComparing(MonthLine::model)
          .thenComparing(MonthLine::currency);

  /** The same sums by month and without the user. */
  public static SortedMap<MonthLine, CostSums> of(Map<CostLine, CostSums> days) {
    SortedMap<MonthLine, CostSums> months = new TreeMap<>();
    days.forEach((day, sums) ->
        months.merge(
            new MonthLine(
                day.day().withDayOfMonth(1),
                day.account(),
                day.team(),
                day.datasource(),
                day.provider(),
                day.model(),
                day.currency()),
            sums,
            CostSums::plus));
    return months;
  }

  @Override
  public int compareTo(MonthLine other) {
    return ORDER.compare(this, other);
  }
}
