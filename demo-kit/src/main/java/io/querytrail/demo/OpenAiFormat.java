package io.querytrail.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import io.querytrail.demo.ChatRequest.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. */
final class OpenAiFormat implements WireFormat {
  static final String BASE_PATH = "/v1";
  private static final String PATH = BASE_PATH + "/chat/completions";
  private static final String BEARER = "Bearer ";

  @Override
  public String basePath() {
    return BASE_PATH;
  }

  @Override
  public String context() {
    return PATH;
  }

  @Override
  public boolean serves(String path) {
    return path.equals(PATH);
  }

  @Override
  public @Nullable String key(Headers headers) {
    String sent = headers.getFirst("Authorization");
    return sent != null && sent.startsWith(BEARER) ? sent.substring(BEARER.length()) : null;
  }

  @Override
  public ChatRequest parse(String path, byte[] body) throws MalformedRequestException {
    JsonNode request = JsonText.parse(body, "We could not parse the JSON body of your request.");
    String model = request.path("model").asText("");
    if (model.isEmpty()) {
      throw new MalformedRequestException("you must provide a model parameter");
    }
    if (request.path("stream").asBoolean(false)) {
      throw new MalformedRequestException("This server does not stream.");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : request.path("messages")) {
      messages.add(
          new Message(message.path("role").asText(""), JsonText.text(message.path("content"))));
    }
    if (messages.isEmpty()) {
      throw new MalformedRequestException("Missing required parameter: 'messages'.");
    }
    JsonNode ceiling = request.path("max_completion_tokens");
    return new ChatRequest(
        model,
        messages,
        JsonText.ceiling(ceiling.isNumber() ? ceiling : request.path("max_tokens"), "max_tokens"));
  }

  @Override
  public String id(long number) {
    return String.format(Locale.ROOT, "chatcmpl-demo%08d", number);
  }

  @Override
  public Reply answer(String id, Instant at, ChatRequest request, Completion completion) {
    ObjectNode body =
        JsonText.object()
            .put("id", id)
            .put("object", "chat.completion")
            .put("created", at.getEpochSecond())
            .put("model", request.model());
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    if (completion.ending() == Ending.REFUSAL) {
      message.putNull("content").put("refusal", "I'm sorry, I can't assist with that.");
    } else {
      message.put("content", completion.content()).putNull("refusal");
    }
    choice
        .putNull("logprobs")
        .put(
            "finish_reason",
            switch (completion.ending()) {
              case DONE, REFUSAL -> "stop";
              case MAX_TOKENS -> "length";
              case CONTENT_FILTER -> "content_filter";
            });
    body.set("usage", usage(completion.usage()));
    body.put("service_tier", "default").put("system_fingerprint", "fp_querytrail_demo");
    return Reply.json(200, JsonText.write(body));
  }

  private static ObjectNode usage(TokenUsage usage) {
    ObjectNode node =
        JsonText.object()
            .put("prompt_tokens", usage.promptTokens())
            .put("completion_tokens", usage.completionTokens())
            .put("total_tokens", usage.promptTokens() + usage.completionTokens());
    node.putObject("prompt_tokens_details")
        .put("cached_tokens", usage.cachedTokens())
        .put("audio_tokens", 0);
    node.putObject("completion_tokens_details")
        .put("reasoning_tokens", usage.reasoningTokens())
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return node;
  }

  static Reply models(List<String> names, Instant at) {
    ObjectNode body = JsonText.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (String name : names) {
      data.addObject()
          .put("id", name)
          .put("object", "model")
          .put("created", at.getEpochSecond())
          .put("owned_by", "querytrail-demo");
    }
    return Reply.json(200, JsonText.write(body));
  }

  static Reply notFound(String path) {
    return error(404, "Invalid URL (" + path + ")", "invalid_request_error", "");
  }

  @Override
  public Reply badRequest(String message) {
    return error(400, message, "invalid_request_error", "");
  }

  @Override
  public Reply error(int status, OptionalInt retryAfterSeconds) {
    Reply reply =
        switch (status) {
          case 401 ->
              error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key");
          case 404 ->
              error(404, "The model does not exist.", "invalid_request_error", "model_not_found");
          case 408 -> error(408, "Request timed out.", "timeout", "");
          case 429 ->
              error(429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded");
          case 503 -> error(503, "The engine is currently overloaded.", "server_error", "");
          default -> error(status, "The server had an error.", "server_error", "");
        };
    return JsonText.withRetryAfter(reply, retryAfterSeconds);
  }

  private static Reply error(int status, String message, String type, String code) {
    ObjectNode body = JsonText.object();
    ObjectNode error =
        body.putObject("error").put("message", message).put("type", type).putNull("param");
    if (code.isEmpty()) {
      error.putNull("code");
    } else {
      error.put("code", code);
    }
    return Reply.json(status, JsonText.write(body));
  }
}
