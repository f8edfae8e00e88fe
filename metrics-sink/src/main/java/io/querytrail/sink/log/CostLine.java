package io.querytrail.sink.log;

import java.time.LocalDate;
import java.util.Comparator;

/** What a daily sum is kept by; an unknown key is an empty string. */
public record CostLine(
    LocalDate day,
    String account,
    String team,
    String user,
    String datasource,
    String provider,
    String model,
    String currency)
    implements Comparable<CostLine> {
  private static final Comparator<CostLine> ORDER =
      Comparator.comparing(CostLine::day)
          .thenComparing(CostLine::account)
          .thenComparing(CostLine::team)
          .thenComparing(CostLine::user)
          .thenComparing(CostLine::datasource)
          .thenComparing(CostLine::provider)
          .thenComparing(CostLine::model)
          .thenComparing(CostLine::currency);

  @Override
  public int compareTo(CostLine other) {
    return ORDER.compare(this, other);
  }
}
