package io.querytrail.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.demo.ChatRequest.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenAI's chat completions as bytes: all that knows this provider's wire format. Another provider
 * is another class like this, with its own paths and its own place for the key.
 */
final class OpenAiFormat {
  static final String BASE_PATH = "/v1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private OpenAiFormat() {}

  static ChatRequest parse(byte[] body) throws MalformedRequestException {
    JsonNode request;
    try {
      request = JSON.readTree(body);
    } catch (java.io.IOException e) {
      throw new MalformedRequestException("We could not parse the JSON body of your request.");
    }
    String model = request.path("model").asText("");
    if (model.isEmpty()) {
      throw new MalformedRequestException("you must provide a model parameter");
    }
    if (request.path("stream").asBoolean(false)) {
      throw new MalformedRequestException("This server does not stream.");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : request.path("messages")) {
      messages.add(new Message(message.path("role").asText(""), text(message.path("content"))));
    }
    if (messages.isEmpty()) {
      throw new MalformedRequestException("Missing required parameter: 'messages'.");
    }
    return new ChatRequest(model, messages, ceiling(request));
  }

  /** The content is a text, or a list of parts of which some are texts. */
  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.asText("");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").asText("")).append('\n');
    }
    return text.toString();
  }

  private static int ceiling(JsonNode request) throws MalformedRequestException {
    JsonNode ceiling = request.path("max_completion_tokens");
    if (!ceiling.isNumber()) {
      ceiling = request.path("max_tokens");
    }
    if (!ceiling.isNumber()) {
      return ChatRequest.NO_CEILING;
    }
    if (ceiling.asInt() < 1) {
      throw new MalformedRequestException(
          "Invalid 'max_tokens': expected a value >= 1, but got " + ceiling.asInt() + " instead.");
    }
    return ceiling.asInt();
  }

  static Reply answer(String id, Instant at, ChatRequest request, Completion completion) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("id", id)
            .put("object", "chat.completion")
            .put("created", at.getEpochSecond())
            .put("model", request.model());
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", completion.content())
        .putNull("refusal");
    choice.putNull("logprobs").put("finish_reason", completion.cutOff() ? "length" : "stop");
    body.set("usage", usage(completion.usage()));
    body.put("service_tier", "default").put("system_fingerprint", "fp_querytrail_demo");
    return Reply.json(200, write(body));
  }

  private static ObjectNode usage(TokenUsage usage) {
    ObjectNode node =
        JSON.createObjectNode()
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
    ObjectNode body = JSON.createObjectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (String name : names) {
      data.addObject()
          .put("id", name)
          .put("object", "model")
          .put("created", at.getEpochSecond())
          .put("owned_by", "querytrail-demo");
    }
    return Reply.json(200, write(body));
  }

  static Reply badRequest(String message) {
    return error(400, message, "invalid_request_error", "");
  }

  static Reply wrongKey() {
    return error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key");
  }

  static Reply notFound(String path) {
    return error(404, "Invalid URL (" + path + ")", "invalid_request_error", "");
  }

  /** What the provider says with this status. */
  static Reply error(int status) {
    return switch (status) {
      case 401 -> wrongKey();
      case 404 ->
          error(404, "The model does not exist.", "invalid_request_error", "model_not_found");
      case 408 -> error(408, "Request timed out.", "timeout", "");
      case 429 -> error(429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded");
      case 503 -> error(503, "The engine is currently overloaded.", "server_error", "");
      default -> error(status, "The server had an error.", "server_error", "");
    };
  }

  private static Reply error(int status, String message, String type, String code) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode error =
        body.putObject("error").put("message", message).put("type", type).putNull("param");
    if (code.isEmpty()) {
      error.putNull("code");
    } else {
      error.put("code", code);
    }
    return Reply.json(status, write(body));
  }

  private static String write(ObjectNode body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers can always be written as JSON", e);
    }
  }
}
