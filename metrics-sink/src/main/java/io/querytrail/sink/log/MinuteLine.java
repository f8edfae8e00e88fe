package io.querytrail.sink.log;

import java.time.Instant;
import java.util.Comparator;

/** What the counts of a minute are kept by; an unknown key is an empty string. */
public record MinuteLine(
    Instant minute, String account, String provider, String model, String currency)
    implements Comparable<MinuteLine> {
  private static final Comparator<MinuteLine> ORDER =
      Comparator.comparing(MinuteLine::minute)
          .thenComparing(MinuteLine::account)
          .thenComparing(MinuteLine::provider)
          .thenComparing(MinuteLine::model)
          .thenComparing(MinuteLine::currency);

  @Override
  public int compareTo(MinuteLine other) {
    return ORDER.compare(this, other);
  }
}
