package io.querytrail.sink.partition;

import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which UTC months must have a partition. Months that no honest row can be of get none, so that
 * broken clocks fill the default partition and not the catalog.
 */
public final class PartitionCalendar {
  /** How far back a late row still gets a partition of its own. */
  public static final int MONTHS_BACK = 120;

  private final Clock clock;
  private final int monthsAhead;

  public PartitionCalendar(Clock clock, int monthsAhead) {
    this.clock = clock;
    this.monthsAhead = monthsAhead;
  }

  /** The UTC month of an instant. */
  public static YearMonth monthOf(Instant instant) {
    return YearMonth.from(instant.atZone(ZoneOffset.UTC));
  }

  /** When a month begins in UTC. */
  public static Instant begin(YearMonth month) {
    return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The current month and those ahead, in order. */
  public List<YearMonth> upcoming() {
    YearMonth current = monthOf(clock.instant());
    return Stream.iterate(current, month -> month.plusMonths(1)).limit(monthsAhead + 1L).toList();
  }

  /** Those of these months that deserve a partition, in order. */
  public SortedSet<YearMonth> deserving(Collection<YearMonth> months) {
    YearMonth current = monthOf(clock.instant());
    YearMonth first = current.minusMonths(MONTHS_BACK);
    YearMonth last = current.plusMonths(monthsAhead);
    SortedSet<YearMonth> deserving = new TreeSet<>(months);
    deserving.removeIf(month -> month.isBefore(first) || month.isAfter(last));
    return deserving;
  }
}
