package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Usage;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's chat completions. Prompt tokens include cached ones, completion tokens include those of
 * reasoning; a few compatible servers leave the latter out and have them in the total alone.
 */
final class OpenAiFormat implements WireFormat {
  /** Models that think first take neither a temperature nor the old name of the ceiling. */
  private static final Pattern REASONING = Pattern.compile("(o[1-9]|gpt-[5-9]).*");

  @Override
  public ChatModel model(Endpoint endpoint, HttpClientBuilder http) {
    return OpenAiChatModel.builder()
        .httpClientBuilder(http)
        .baseUrl(endpoint.baseUrl().toString())
        .strictJsonSchema(true)
        .maxRetries(0)
        .logRequests(false)
        .logResponses(false)
        .build();
  }

  @Override
  public ChatRequestParameters parameters(ModelCall call, Endpoint endpoint) {
    String model = call.model().model();
    OpenAiChatRequestParameters.Builder parameters =
        OpenAiChatRequestParameters.builder()
            .modelName(model)
            .responseFormat(endpoint.answers().parameter());
    boolean thinks = REASONING.matcher(model).matches();
    if (thinks) {
      parameters.maxCompletionTokens(call.maxOutputTokens());
    } else {
      parameters.maxOutputTokens(call.maxOutputTokens());
    }
    if (!thinks && !endpoint.withoutTemperature().contains(model)) {
      parameters.temperature(0.0);
    }
    return parameters.build();
  }

  @Override
  public @Nullable Usage usage(JsonNode body) {
    JsonNode usage = body.path("usage");
    JsonNode inputDetails = usage.path("prompt_tokens_details");
    Long input = TokenCounts.count(usage.path("prompt_tokens"));
    Long reasoning =
        TokenCounts.count(usage.path("completion_tokens_details").path("reasoning_tokens"));
    Long output = output(usage, input, reasoning);
    return TokenCounts.usage(
        input,
        TokenCounts.part(inputDetails.path("cached_tokens"), input),
        TokenCounts.part(inputDetails.path("cache_write_tokens"), input),
        output,
        reasoning != null && output != null && reasoning > output ? null : reasoning);
  }

  private static @Nullable Long output(
      JsonNode usage, @Nullable Long input, @Nullable Long reasoning) {
    Long output = TokenCounts.count(usage.path("completion_tokens"));
    Long total = TokenCounts.count(usage.path("total_tokens"));
    if (input == null || output == null || reasoning == null || total == null) {
      return output;
    }
    return total == input + output + reasoning ? Long.valueOf(output + reasoning) : output;
  }

  @Override
  public Optional<ErrorType> problem(JsonNode body) {
    JsonNode choice = body.path("choices").path(0);
    String finish = choice.path("finish_reason").asText();
    String refusal = choice.path("message").path("refusal").asText("");
    if (!refusal.isBlank() || finish.equals("content_filter")) {
      return Optional.of(ErrorType.REFUSED);
    }
    return finish.equals("length") ? Optional.of(ErrorType.TRUNCATED) : Optional.empty();
  }

  @Override
  public @Nullable String modelName(JsonNode body) {
    return body.path("model").textValue();
  }

  @Override
  public ErrorCodes errorCodes(JsonNode body) {
    JsonNode error = body.path("error");
    return ErrorCodes.of(error.path("code"), error.path("type"));
  }
}
