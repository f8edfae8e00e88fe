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

/** Anthropic's messages. Input tokens leave out those of the cache, which stand beside them. */
final class AnthropicFormat implements WireFormat {
  private static final String PATH = "/v1/messages";

  @Override
  public String basePath() {
    return "/v1";
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
    return headers.getFirst("x-api-key");
  }

  @Override
  public ChatRequest parse(String path, byte[] body) throws MalformedRequestException {
    JsonNode request = JsonText.parse(body, "The request body is not valid JSON");
    String model = request.path("model").asText("");
    if (model.isEmpty()) {
      throw new MalformedRequestException("model: Field required");
    }
    if (!request.path("max_tokens").isNumber()) {
      throw new MalformedRequestException("max_tokens: Field required");
    }
    List<Message> messages = new ArrayList<>();
    String system = JsonText.text(request.path("system"));
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    for (JsonNode message : request.path("messages")) {
      messages.add(
          new Message(message.path("role").asText(""), JsonText.text(message.path("content"))));
    }
    return new ChatRequest(
        model, messages, JsonText.ceiling(request.path("max_tokens"), "max_tokens"));
  }

  @Override
  public String id(long number) {
    return String.format(Locale.ROOT, "msg_demo%08d", number);
  }

  @Override
  public Reply answer(String id, Instant at, ChatRequest request, Completion completion) {
    if (completion.ending() == Ending.CONTENT_FILTER) {
      return badRequest("Output blocked by content filtering policy");
    }
    ObjectNode body =
        JsonText.object()
            .put("id", id)
            .put("type", "message")
            .put("role", "assistant")
            .put("model", request.model());
    ArrayNode content = body.putArray("content");
    if (completion.ending() != Ending.REFUSAL) {
      content.addObject().put("type", "text").put("text", completion.content());
    }
    body.put(
            "stop_reason",
            switch (completion.ending()) {
              case DONE -> "end_turn";
              case MAX_TOKENS -> "max_tokens";
              case REFUSAL, CONTENT_FILTER -> "refusal";
            })
        .putNull("stop_sequence");
    TokenUsage usage = completion.usage();
    body.putObject("usage")
        .put("input_tokens", usage.promptTokens() - usage.cachedTokens())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", usage.cachedTokens())
        .put("output_tokens", usage.completionTokens())
        .put("service_tier", "standard");
    return Reply.json(200, JsonText.write(body));
  }

  @Override
  public Reply badRequest(String message) {
    return error(400, "invalid_request_error", message);
  }

  @Override
  public Reply error(int status, OptionalInt retryAfterSeconds) {
    Reply reply =
        switch (status) {
          case 401 -> error(401, "authentication_error", "invalid x-api-key");
          case 404 -> error(404, "not_found_error", "model not found");
          case 408 -> error(408, "timeout_error", "The request timed out");
          case 429 -> error(429, "rate_limit_error", "This request would exceed your rate limit");
          case 503, 529 -> error(status, "overloaded_error", "Overloaded");
          default -> error(status, "api_error", "Internal server error");
        };
    return JsonText.withRetryAfter(reply, retryAfterSeconds);
  }

  private static Reply error(int status, String type, String message) {
    ObjectNode body = JsonText.object().put("type", "error");
    body.putObject("error").put("type", type).put("message", message);
    return Reply.json(status, JsonText.write(body));
  }
}
