package io.querytrail.audit.money;

/**
 * Tokens that a provider reported.
 *
 * @param input all input tokens
 * @param cachedInput the part of input read from the provider's cache
 * @param cacheWrite the part of input written to it
 * @param output all output tokens
 * @param reasoning the part of output spent on reasoning
 */
public record TokenCounts(
    long input, long cachedInput, long cacheWrite, long output, long reasoning) {
  /** Far above any context window: a larger count is a broken report, not a bill. */
  private static final long MAX = 1_000_000_000L;

  /**
   * @throws IllegalArgumentException when a count is negative or beyond reason, or a part larger
   *     than its whole
   */
  public TokenCounts {
    if (input < 0 || cachedInput < 0 || cacheWrite < 0 || output < 0 || reasoning < 0) {
      throw new IllegalArgumentException("a token count is negative");
    }
    if (input > MAX || output > MAX) {
      throw new IllegalArgumentException("a token count is above " + MAX);
    }
    // Not as a sum, which could overflow.
    if (cachedInput > input || cacheWrite > input - cachedInput) {
      throw new IllegalArgumentException("more cached tokens than input tokens");
    }
    if (reasoning > output) {
      throw new IllegalArgumentException("more reasoning tokens than output tokens");
    }
  }
}
