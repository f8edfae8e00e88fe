package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Usage;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Google's generateContent. Prompt tokens include cached ones; candidate tokens exclude thoughts,
 * which are billed as output. Counts of 0 are left out of the body, so that the total tells what is
 * not there.
 */
final class GeminiFormat implements WireFormat {
  private static final Set<String> REFUSALS =
      Set.of(
          "SAFETY",
          "RECITATION",
          "LANGUAGE",
          "BLOCKLIST",
          "PROHIBITED_CONTENT",
          "SPII",
          "IMAGE_SAFETY");

  @Override
  public ChatModel model(Endpoint endpoint, HttpClientBuilder http) {
    return GoogleAiGeminiChatModel.builder()
        .httpClientBuilder(http)
        .baseUrl(endpoint.baseUrl().toString())
        .apiKey(NO_KEY)
        .modelName("set-with-each-call")
        .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
        .logRequestsAndResponses(false)
        .maxRetries(0)
        .build();
  }

  @Override
  public ChatRequestParameters parameters(ModelCall call, Endpoint endpoint) {
    DefaultChatRequestParameters.Builder<?> parameters =
        ChatRequestParameters.builder()
            .modelName(call.model().model())
            .maxOutputTokens(call.maxOutputTokens())
            .responseFormat(endpoint.answers().parameter());
    if (!endpoint.withoutTemperature().contains(call.model().model())) {
      parameters.temperature(0.0);
    }
    return parameters.build();
  }

  @Override
  public @Nullable Usage usage(JsonNode body) {
    JsonNode usage = body.path("usageMetadata");
    Long prompt = TokenCounts.count(usage.path("promptTokenCount"));
    Long tools = TokenCounts.count(usage.path("toolUsePromptTokenCount"));
    Long input = prompt == null ? null : Long.valueOf(prompt + TokenCounts.orZero(tools));
    Long thoughts = TokenCounts.count(usage.path("thoughtsTokenCount"));
    Long output = output(usage, input, thoughts);
    return TokenCounts.usage(
        input,
        TokenCounts.part(usage.path("cachedContentTokenCount"), input),
        null,
        output,
        thoughts != null && output != null && thoughts > output ? null : thoughts);
  }

  /** The total goes first: it counts thoughts that are named nowhere else. */
  private static @Nullable Long output(
      JsonNode usage, @Nullable Long input, @Nullable Long thoughts) {
    Long candidates = TokenCounts.count(usage.path("candidatesTokenCount"));
    Long total = TokenCounts.count(usage.path("totalTokenCount"));
    Long named =
        candidates == null ? null : Long.valueOf(candidates + TokenCounts.orZero(thoughts));
    if (input == null || total == null || total < input) {
      return named;
    }
    return Long.valueOf(Math.max(total - input, TokenCounts.orZero(named)));
  }

  @Override
  public Optional<ErrorType> problem(JsonNode body) {
    if (!body.path("promptFeedback").path("blockReason").isMissingNode()) {
      return Optional.of(ErrorType.REFUSED);
    }
    String finish = body.path("candidates").path(0).path("finishReason").asText();
    if (REFUSALS.contains(finish)) {
      return Optional.of(ErrorType.REFUSED);
    }
    return finish.equals("MAX_TOKENS") ? Optional.of(ErrorType.TRUNCATED) : Optional.empty();
  }

  @Override
  public @Nullable String modelName(JsonNode body) {
    return body.path("modelVersion").textValue();
  }

  @Override
  public ErrorCodes errorCodes(JsonNode body) {
    JsonNode error = body.path("error");
    return ErrorCodes.of(error.path("details").path(0).path("reason"), error.path("status"));
  }
}
