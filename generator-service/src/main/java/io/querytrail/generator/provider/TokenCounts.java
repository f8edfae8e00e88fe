package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.generator.model.Usage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts of tokens as JSON has them. A count that is missing, negative, no whole number, or larger
 * than the one it is a part of, is unknown; unknown is never 0.
 */
final class TokenCounts {
  private TokenCounts() {}

  static @Nullable Long count(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0
        ? node.longValue()
        : null;
  }

  static @Nullable Long part(JsonNode node, @Nullable Long whole) {
    Long part = count(node);
    return part != null && whole != null && part > whole ? null : part;
  }

  static long orZero(@Nullable Long count) {
    return count == null ? 0 : count;
  }

  /** Null when nothing is known at all. */
  static @Nullable Usage usage(
      @Nullable Long input,
      @Nullable Long cached,
      @Nullable Long written,
      @Nullable Long output,
      @Nullable Long reasoning) {
    return Stream.of(known(input), known(cached), known(written), known(output), known(reasoning))
            .noneMatch(Boolean::booleanValue)
        ? null
        : new Usage(input, cached, written, output, reasoning);
  }

  private static boolean known(@Nullable Long count) {
    return count != null;
  }
}
