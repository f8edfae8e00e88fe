package io.querytrail.audit.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The period of each kind that holds one instant. A decision about many budgets looks into the
 * calendar once: the rules of a time zone are slow.
 */
final class Periods {
  private static final String TOTAL = "total";

  private final ZoneId zone;
  private final LocalDate day;
  private final YearMonth month;
  private final String dayName;
  private final String monthName;

  Periods(Instant instant, ZoneId zone) {
    this.zone = zone;
    this.day = LocalDate.ofInstant(instant, zone);
    this.month = YearMonth.from(day);
    this.dayName = day.toString();
    this.monthName = month.toString();
  }

  /** The name alone, which is all that a budget is found by. */
  String name(Period.Kind kind) {
    return switch (kind) {
      case DAY -> dayName;
      case MONTH -> monthName;
      case TOTAL -> TOTAL;
    };
  }

  Period of(Period.Kind kind) {
    return switch (kind) {
      case DAY -> Period.between(kind, dayName, day, day.plusDays(1), zone);
      case MONTH ->
          Period.between(kind, monthName, month.atDay(1), month.plusMonths(1).atDay(1), zone);
      case TOTAL -> new Period(kind, TOTAL, Optional.empty(), Optional.empty());
    };
  }
}
