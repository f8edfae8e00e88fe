package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaChatRequestParameters;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ollama's own chat. It leaves out the count of a prompt that it still had in memory: that is
 * unknown then. What cuts prompts to 4,096 tokens in silence, its usual window, is set to the
 * admission's ceilings.
 */
final class OllamaFormat implements WireFormat {
  @Override
  public ChatModel model(Endpoint endpoint, HttpClientBuilder http) {
    return OllamaChatModel.builder()
        .httpClientBuilder(http)
        .baseUrl(endpoint.baseUrl().toString())
        .modelName("set-with-each-call")
        .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
        .maxRetries(0)
        .logRequests(false)
        .logResponses(false)
        .build();
  }

  @Override
  public ChatRequestParameters parameters(ModelCall call, Endpoint endpoint) {
    OllamaChatRequestParameters.Builder parameters =
        OllamaChatRequestParameters.builder()
            .modelName(call.model().model())
            .maxOutputTokens(call.maxOutputTokens())
            .responseFormat(endpoint.answers().parameter());
    parameters.numCtx(Math.addExact(call.maxInputTokens(), call.maxOutputTokens()));
    if (!endpoint.withoutTemperature().contains(call.model().model())) {
      parameters.temperature(0.0);
    }
    return parameters.build();
  }

  @Override
  public @Nullable Usage usage(JsonNode body) {
    return TokenCounts.usage(
        TokenCounts.count(body.path("prompt_eval_count")),
        null,
        null,
        TokenCounts.count(body.path("eval_count")),
        null);
  }

  @Override
  public Optional<ErrorType> problem(JsonNode body) {
    return body.path("done_reason").asText().equals("length")
        ? Optional.of(ErrorType.TRUNCATED)
        : Optional.empty();
  }

  @Override
  public @Nullable String modelName(JsonNode body) {
    return body.path("model").textValue();
  }

  /** Prose only. */
  @Override
  public ErrorCodes errorCodes(JsonNode body) {
    return ErrorCodes.of();
  }
}
