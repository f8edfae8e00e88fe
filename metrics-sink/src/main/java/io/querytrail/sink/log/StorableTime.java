package io.querytrail.sink.log;

import java.time.Instant;

/** Bounds of the instants that every table and every text form of them can hold. */
final class StorableTime {
  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-12-01T00:00:00Z");

  private StorableTime() {}

  /**
   * Passes an instant of the years 1970 to 9999.
   *
   * @throws IllegalArgumentException for any other
   */
  static void check(String name, Instant instant) {
    if (instant.isBefore(FIRST) || !instant.isBefore(LAST)) {
      throw new IllegalArgumentException(name + " is out of range: " + instant);
    }
  }
}
