package io.querytrail.audit.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Optional;

/**
 * A stretch of time that a budget is for.
 *
 * @param name "2026-11-21", "2026-11" or "total"
 * @param start first instant; empty for total
 * @param end first instant after it; empty for total
 */
public record Period(Kind kind, String name, Optional<Instant> start, Optional<Instant> end) {
  /** How long a period is. */
  public enum Kind {
    DAY,
    MONTH,
    TOTAL
  }

  /** The period of that kind which holds the instant, by the calendar of the zone. */
  public static Period of(Kind kind, Instant instant, ZoneId zone) {
    return new Periods(instant, zone).of(kind);
  }

  /**
   * The period of that name.
   *
   * @throws java.time.DateTimeException when no period of the kind has such a name
   */
  public static Period named(Kind kind, String name, ZoneId zone) {
    return switch (kind) {
      case DAY -> of(kind, LocalDate.parse(name).atStartOfDay(zone).toInstant(), zone);
      case MONTH -> of(kind, YearMonth.parse(name).atDay(1).atStartOfDay(zone).toInstant(), zone);
      case TOTAL -> of(kind, Instant.EPOCH, zone);
    };
  }

  static Period between(Kind kind, String name, LocalDate first, LocalDate next, ZoneId zone) {
    // A day begins where the zone says so: not always at 00:00, where a clock change falls on
    // midnight.
    return new Period(
        kind,
        name,
        Optional.of(first.atStartOfDay(zone).toInstant()),
        Optional.of(next.atStartOfDay(zone).toInstant()));
  }
}
