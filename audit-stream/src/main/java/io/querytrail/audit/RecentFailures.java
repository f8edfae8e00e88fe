package io.querytrail.audit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Tells a passing trouble from one that comes back for ever. Safe for use by several threads. */
final class RecentFailures {
  private final int limit;
  private final long windowNanos;
  private final LongSupplier nanoTime;
  private final Deque<Long> times = new ArrayDeque<>();

  RecentFailures(int limit, Duration window, LongSupplier nanoTime) {
    this.limit = limit;
    this.windowNanos = window.toNanos();
    this.nanoTime = nanoTime;
  }

  /** Counts a failure now; true when there were more than the limit within the window. */
  synchronized boolean addAndIsTooMany() {
    long now = nanoTime.getAsLong();
    times.addLast(now);
    while (now - times.getFirst() > windowNanos) {
      times.removeFirst();
    }
    return times.size() > limit;
  }
}
