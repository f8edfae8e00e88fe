package io.querytrail.sink.kafka;

import java.time.Duration;

/** Waits longer after each failure in a row, without blocking. For use by one thread. */
final class Backoff {
  private static final long FIRST_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_NANOS = Duration.ofSeconds(5).toNanos();

  private long delayNanos;
  private long untilNanos;

  void failed(long nowNanos) {
    delayNanos = delayNanos == 0 ? FIRST_NANOS : Math.min(2 * delayNanos, LONGEST_NANOS);
    untilNanos = nowNanos + delayNanos;
  }

  void succeeded() {
    delayNanos = 0;
  }

  /** Whether anything has failed since the last success. */
  boolean inTrouble() {
    return delayNanos > 0;
  }

  /** How long to wait; 0 or less when it is time to try. */
  long nanosLeft(long nowNanos) {
    return inTrouble() ? untilNanos - nowNanos : 0;
  }
}
