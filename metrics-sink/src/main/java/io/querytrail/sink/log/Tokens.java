package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * Tokens by class; null where nobody said, which is not 0. {@code cachedInput} and {@code
 * cacheWrite} are parts of {@code input}, {@code reasoning} of {@code output}.
 */
public record Tokens(
    @Nullable Long input,
    @Nullable Long cachedInput,
    @Nullable Long cacheWrite,
    @Nullable Long output,
    @Nullable Long reasoning) {
  /** Nobody said anything. */
  public static final Tokens UNKNOWN = new Tokens(null, null, null, null, null);

  /** No call was made, so it is known that none were used. */
  public static final Tokens ZERO = new Tokens(0L, 0L, 0L, 0L, 0L);

  /** What is known of both together: a lower bound where one of them is unknown. */
  public Tokens plus(Tokens other) {
    return new Tokens(
        sum(input, other.input),
        sum(cachedInput, other.cachedInput),
        sum(cacheWrite, other.cacheWrite),
        sum(output, other.output),
        sum(reasoning, other.reasoning));
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    if (one == null) {
      return other;
    }
    return other == null ? one : Long.valueOf(one + other);
  }
}
