package io.querytrail.audit.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.ledger.Period.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodTest {
  @ParameterizedTest
  @CsvSource({
    // Month ends, by the calendar of the zone.
    "MONTH, 2026-11-30T23:59:59.999Z, UTC, 2026-11, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
    "MONTH, 2026-12-01T00:00:00Z, UTC, 2026-12, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z",
    "MONTH, 2026-11-30T23:00:00Z, Europe/Vienna, 2026-12, 2026-11-30T23:00:00Z, 2026-12-31T23:00:00Z",
    "MONTH, 2026-12-01T04:59:59Z, America/New_York, 2026-11, 2026-11-01T04:00:00Z, 2026-12-01T05:00:00Z",
    // Leap years.
    "DAY, 2028-02-29T12:00:00Z, UTC, 2028-02-29, 2028-02-29T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, 2028-02-29T12:00:00Z, UTC, 2028-02, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
    "MONTH, 2027-02-28T23:59:59Z, UTC, 2027-02, 2027-02-01T00:00:00Z, 2027-03-01T00:00:00Z",
    // Days of 23 and 25 hours.
    "DAY, 2026-03-29T10:00:00Z, Europe/Vienna, 2026-03-29, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
    "DAY, 2026-10-25T10:00:00Z, Europe/Vienna, 2026-10-25, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
    // Clock changes on midnight: the day begins at 01:00 ...
    "DAY, 2018-11-04T03:00:00Z, America/Sao_Paulo, 2018-11-04, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
    "DAY, 2018-11-04T02:59:59Z, America/Sao_Paulo, 2018-11-03, 2018-11-03T03:00:00Z, 2018-11-04T03:00:00Z",
    "DAY, 2026-04-23T22:00:00Z, Africa/Cairo, 2026-04-24, 2026-04-23T22:00:00Z, 2026-04-24T21:00:00Z",
    // ... or the hour before it comes twice.
    "DAY, 2018-02-18T02:30:00Z, America/Sao_Paulo, 2018-02-17, 2018-02-17T02:00:00Z, 2018-02-18T03:00:00Z",
    // Zones with odd offsets, on either side of the date line.
    "DAY, 2026-11-21T18:15:00Z, Asia/Kathmandu, 2026-11-22, 2026-11-21T18:15:00Z, 2026-11-22T18:15:00Z",
    "DAY, 2026-11-21T10:00:00Z, Pacific/Kiritimati, 2026-11-22, 2026-11-21T10:00:00Z, 2026-11-22T10:00:00Z"
  })
  void holdsTheInstantByTheCalendarOfTheZone(
      Kind kind, Instant instant, ZoneId zone, String name, Instant start, Instant end) {
    // When
    Period period = Period.of(kind, instant, zone);

    // Then
    assertThat(period.name()).isEqualTo(name);
    assertThat(period.start()).contains(start);
    assertThat(period.end()).contains(end);
  }

  @Test
  void totalHasNoBounds() {
    Period total = Period.of(Kind.TOTAL, Instant.EPOCH, ZoneId.of("UTC"));

    assertThat(total.name()).isEqualTo("total");
    assertThat(total.start()).isEmpty();
    assertThat(total.end()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UTC", "Europe/Vienna", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut"})
  void periodsFollowEachOtherWithoutGapOrOverlap(String zoneName) {
    ZoneId zone = ZoneId.of(zoneName);
    Random random = new Random(17);
    for (int i = 0; i < 2_000; i++) {
      Instant instant =
          Instant.parse("2010-01-01T00:00:00Z")
              .plus(Duration.ofMinutes(random.nextInt(10_000_000)));
      for (Kind kind : new Kind[] {Kind.DAY, Kind.MONTH}) {
        Period period = Period.of(kind, instant, zone);
        Instant start = period.start().orElseThrow();
        Instant end = period.end().orElseThrow();

        assertThat(instant).isBetween(start, end.minusNanos(1));
        assertThat(Period.of(kind, start, zone)).isEqualTo(period);
        assertThat(Period.of(kind, end.minusMillis(1), zone)).isEqualTo(period);
        assertThat(Period.of(kind, end, zone).start()).contains(end);
      }
    }
  }
}
