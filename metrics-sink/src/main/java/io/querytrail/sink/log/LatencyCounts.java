package io.querytrail.sink.log;

import java.util.Arrays;

/** A histogram of times; two of them add up bucket by bucket. For use by one thread. */
public final class LatencyCounts {
  /** Upper bounds of all buckets but the last, as {@code latency_bounds_ms()} of the database. */
  private static final long[] BOUNDS_MILLIS = {
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000
  };

  private final long[] counts = new long[BOUNDS_MILLIS.length + 1];

  void add(long millis) {
    int found = Arrays.binarySearch(BOUNDS_MILLIS, millis);
    counts[found < 0 ? -found - 1 : found]++;
  }

  /** As PostgreSQL writes an array: {@code {0,1,...}}. */
  public String arrayText() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < counts.length; i++) {
      text.append(i > 0 ? "," : "").append(counts[i]);
    }
    return text.append('}').toString();
  }
}
