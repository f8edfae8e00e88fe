package io.querytrail.generator.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.generator.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage of a chat completion as OpenAI reports it: prompt tokens include cached ones,
 * completion tokens include reasoning. A count that is missing, negative, no whole number, or
 * larger than the one it is a part of, is unknown.
 */
final class UsageReader {
  private UsageReader() {}

  /** Null when nothing is known at all. */
  static @Nullable Usage read(JsonNode body) {
    JsonNode usage = body.path("usage");
    Long input = count(usage.path("prompt_tokens"));
    Long output = count(usage.path("completion_tokens"));
    Long cached = part(usage.path("prompt_tokens_details").path("cached_tokens"), input);
    Long reasoning = part(usage.path("completion_tokens_details").path("reasoning_tokens"), output);
    return input == null && output == null && cached == null && reasoning == null
        ? null
        : new Usage(input, cached, null, output, reasoning);
  }

  private static @Nullable Long part(JsonNode node, @Nullable Long whole) {
    Long part = count(node);
    return part != null && whole != null && part > whole ? null : part;
  }

  private static @Nullable Long count(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0
        ? node.longValue()
        : null;
  }
}
