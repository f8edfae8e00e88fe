package io.querytrail.audit.ledger;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How fast one party may ask. Empty means no bound.
 *
 * @param requestsPerMinute admissions within any 60 seconds
 * @param tokensPerMinute tokens of the admissions of any 60 seconds: all that they allow until
 *     their use is reported
 * @param inFlight admissions that are not answered yet
 */
public record RateLimit(
    OptionalInt requestsPerMinute, OptionalLong tokensPerMinute, OptionalInt inFlight) {
  /** No bound at all. */
  public static final RateLimit NONE =
      new RateLimit(OptionalInt.empty(), OptionalLong.empty(), OptionalInt.empty());

  /**
   * @throws IllegalArgumentException when a bound is not positive
   */
  public RateLimit {
    positive("requestsPerMinute", requestsPerMinute.orElse(1));
    positive("tokensPerMinute", tokensPerMinute.orElse(1));
    positive("inFlight", inFlight.orElse(1));
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; use 1 or more");
    }
  }
}
