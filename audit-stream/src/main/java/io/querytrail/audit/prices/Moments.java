package io.querytrail.audit.prices;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Days and instants as people write them. */
public final class Moments {
  private Moments() {}

  /**
   * The instant, or the first one of the day in UTC.
   *
   * @param key what an error calls it
   * @throws IllegalArgumentException when it is neither
   */
  public static Instant parse(String key, String text) {
    try {
      // Events carry milliseconds: a finer instant would not be the same there.
      return text.length() > "2026-12-01".length()
          ? Instant.parse(text).truncatedTo(ChronoUnit.MILLIS)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "%s is '%s'; use a day such as 2026-12-01 or an instant such as 2026-12-01T08:00:00Z"
              .formatted(key, text),
          e);
    }
  }
}
