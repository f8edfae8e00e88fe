package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Usage;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's messages. Input tokens are those after the last cache breakpoint alone: what was read
 * from the cache and written to it comes beside them. Output tokens include thinking.
 */
final class AnthropicFormat implements WireFormat {
  /** From Opus 4.7 on a temperature is an error. */
  private static final Pattern NO_TEMPERATURE =
      Pattern.compile("claude-(opus-4-[7-9]\\b.*|[a-z]+-([5-9]|[1-9]\\d)(\\b.*)?)");

  @Override
  public ChatModel model(Endpoint endpoint, HttpClientBuilder http) {
    return AnthropicChatModel.builder()
        .httpClientBuilder(http)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(NO_KEY)
        // langchain4j wants a model at the start, and takes the one of each request.
        .modelName("set-with-each-call")
        .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
        .maxRetries(0)
        .logRequests(false)
        .logResponses(false)
        .build();
  }

  @Override
  public ChatRequestParameters parameters(ModelCall call, Endpoint endpoint) {
    String model = call.model().model();
    DefaultChatRequestParameters.Builder<?> parameters =
        ChatRequestParameters.builder().modelName(model).maxOutputTokens(call.maxOutputTokens());
    ResponseFormat format = endpoint.answers().parameter();
    // JSON of any shape is nothing that Anthropic knows.
    if (format != null && format.jsonSchema() != null) {
      parameters.responseFormat(format);
    }
    if (!NO_TEMPERATURE.matcher(model).matches()
        && !endpoint.withoutTemperature().contains(model)) {
      parameters.temperature(0.0);
    }
    return parameters.build();
  }

  @Override
  public @Nullable Usage usage(JsonNode body) {
    JsonNode usage = body.path("usage");
    Long uncached = TokenCounts.count(usage.path("input_tokens"));
    Long read = TokenCounts.count(usage.path("cache_read_input_tokens"));
    Long written = TokenCounts.count(usage.path("cache_creation_input_tokens"));
    Long output = TokenCounts.count(usage.path("output_tokens"));
    Long input =
        uncached == null
            ? null
            : Long.valueOf(uncached + TokenCounts.orZero(read) + TokenCounts.orZero(written));
    return TokenCounts.usage(
        input,
        read,
        written,
        output,
        TokenCounts.part(usage.path("output_tokens_details").path("thinking_tokens"), output));
  }

  @Override
  public Optional<ErrorType> problem(JsonNode body) {
    return switch (body.path("stop_reason").asText()) {
      case "refusal" -> Optional.of(ErrorType.REFUSED);
      case "max_tokens", "model_context_window_exceeded" -> Optional.of(ErrorType.TRUNCATED);
      default -> Optional.empty();
    };
  }

  @Override
  public @Nullable String modelName(JsonNode body) {
    return body.path("model").textValue();
  }

  /** The filter has no code of its own, only this sentence. */
  @Override
  public ErrorCodes errorCodes(JsonNode body) {
    JsonNode error = body.path("error");
    return ErrorCodes.of(
        error.path("message").asText().contains("blocked by content filtering policy"),
        error.path("details").path("error_code"),
        error.path("type"));
  }
}
