package io.querytrail.sink.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PartitionCalendarTest {
  private static PartitionCalendar at(String now, int monthsAhead) {
    return new PartitionCalendar(Clock.fixed(Instant.parse(now), ZoneOffset.UTC), monthsAhead);
  }

  @Test
  void countsMonthsInUtc() {
    assertThat(PartitionCalendar.monthOf(Instant.parse("2026-11-30T23:59:59.999Z")))
        .isEqualTo(YearMonth.of(2026, 11));
    assertThat(PartitionCalendar.monthOf(Instant.parse("2026-12-01T00:00:00Z")))
        .isEqualTo(YearMonth.of(2026, 12));
    // Already December in Vienna.
    assertThat(PartitionCalendar.monthOf(Instant.parse("2026-11-30T23:30:00Z")))
        .isEqualTo(YearMonth.of(2026, 11));
  }

  @Test
  void looksAheadOverTheTurnOfTheYear() {
    assertThat(at("2026-11-30T23:59:59Z", 3).upcoming())
        .containsExactly(
            YearMonth.of(2026, 11),
            YearMonth.of(2026, 12),
            YearMonth.of(2027, 1),
            YearMonth.of(2027, 2));
    assertThat(at("2026-11-15T00:00:00Z", 0).upcoming()).containsExactly(YearMonth.of(2026, 11));
  }

  @Test
  void findsTheMonthsOfLateRows() {
    assertThat(
            at("2026-11-15T00:00:00Z", 1)
                .deserving(
                    List.of(YearMonth.of(2026, 11), YearMonth.of(2024, 2), YearMonth.of(2026, 11))))
        .containsExactly(YearMonth.of(2024, 2), YearMonth.of(2026, 11));
  }

  @Test
  void givesNoMonthToWhatNoHonestClockSays() {
    assertThat(
            at("2026-11-15T00:00:00Z", 1)
                .deserving(
                    List.of(
                        YearMonth.of(1970, 1),
                        YearMonth.of(2016, 10),
                        YearMonth.of(2027, 1),
                        YearMonth.of(9999, 1))))
        .isEmpty();
    assertThat(
            at("2026-11-15T00:00:00Z", 1)
                .deserving(List.of(YearMonth.of(2016, 11), YearMonth.of(2026, 12))))
        .hasSize(2);
  }
}
