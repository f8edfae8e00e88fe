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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Google's generateContent. Counts of 0 are left out, and waits are asked for in the body. */
final class GeminiFormat implements WireFormat {
  private static final Pattern PATH = Pattern.compile("/v1beta/models/([^/:]+):generateContent");

  @Override
  public String basePath() {
    return "/v1beta";
  }

  @Override
  public String context() {
    return "/v1beta/models/";
  }

  @Override
  public boolean serves(String path) {
    return PATH.matcher(path).matches();
  }

  @Override
  public @Nullable String key(Headers headers) {
    return headers.getFirst("x-goog-api-key");
  }

  @Override
  public ChatRequest parse(String path, byte[] body) throws MalformedRequestException {
    Matcher model = PATH.matcher(path);
    if (!model.matches()) {
      throw new MalformedRequestException("the path names no model");
    }
    JsonNode request = JsonText.parse(body, "Invalid JSON payload received.");
    List<Message> messages = new ArrayList<>();
    String system = JsonText.text(request.path("systemInstruction").path("parts"));
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    for (JsonNode content : request.path("contents")) {
      String role = content.path("role").asText("user");
      messages.add(
          new Message(
              role.equals("model") ? "assistant" : role, JsonText.text(content.path("parts"))));
    }
    if (request.path("contents").isEmpty()) {
      throw new MalformedRequestException("contents is not specified");
    }
    JsonNode ceiling = request.path("generationConfig").path("maxOutputTokens");
    return new ChatRequest(
        model.group(1), messages, JsonText.ceiling(ceiling, "max_output_tokens"));
  }

  @Override
  public String id(long number) {
    return String.format(Locale.ROOT, "gemini-demo%08d", number);
  }

  @Override
  public Reply answer(String id, Instant at, ChatRequest request, Completion completion) {
    ObjectNode body = JsonText.object();
    if (completion.ending() == Ending.CONTENT_FILTER) {
      body.putObject("promptFeedback").put("blockReason", "PROHIBITED_CONTENT");
    } else {
      candidate(body.putArray("candidates"), completion);
    }
    usage(body.putObject("usageMetadata"), completion);
    body.put("modelVersion", request.model()).put("responseId", id);
    return Reply.json(200, JsonText.write(body));
  }

  private static void candidate(ArrayNode candidates, Completion completion) {
    ObjectNode candidate = candidates.addObject();
    if (completion.ending() != Ending.REFUSAL) {
      ObjectNode content = candidate.putObject("content");
      content.putArray("parts").addObject().put("text", completion.content());
      content.put("role", "model");
    }
    candidate
        .put(
            "finishReason",
            switch (completion.ending()) {
              case DONE -> "STOP";
              case MAX_TOKENS -> "MAX_TOKENS";
              case REFUSAL, CONTENT_FILTER -> "SAFETY";
            })
        .put("index", 0);
  }

  private static void usage(ObjectNode node, Completion completion) {
    TokenUsage usage = completion.usage();
    int output = completion.ending() == Ending.CONTENT_FILTER ? 0 : usage.completionTokens();
    node.put("promptTokenCount", usage.promptTokens());
    if (usage.cachedTokens() > 0) {
      node.put("cachedContentTokenCount", usage.cachedTokens());
    }
    if (output > 0) {
      node.put("candidatesTokenCount", output - usage.reasoningTokens());
    }
    node.put("totalTokenCount", usage.promptTokens() + output);
  }

  @Override
  public Reply badRequest(String message) {
    return error(400, "INVALID_ARGUMENT", message, OptionalInt.empty());
  }

  @Override
  public Reply error(int status, OptionalInt retryAfterSeconds) {
    return switch (status) {
      case 401 ->
          error(401, "UNAUTHENTICATED", "Request had invalid credentials.", retryAfterSeconds);
      case 404 -> error(404, "NOT_FOUND", "The model is not found.", retryAfterSeconds);
      case 408 -> error(408, "DEADLINE_EXCEEDED", "The request timed out.", retryAfterSeconds);
      case 429 -> error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", retryAfterSeconds);
      case 503 -> error(503, "UNAVAILABLE", "The model is overloaded.", retryAfterSeconds);
      default -> error(status, "INTERNAL", "An internal error has occurred.", retryAfterSeconds);
    };
  }

  private static Reply error(int status, String code, String message, OptionalInt retryAfter) {
    ObjectNode body = JsonText.object();
    ObjectNode error =
        body.putObject("error").put("code", status).put("message", message).put("status", code);
    if (retryAfter.isPresent()) {
      error
          .putArray("details")
          .addObject()
          .put("@type", "type.googleapis.com/google.rpc.RetryInfo")
          .put("retryDelay", retryAfter.getAsInt() + "s");
    }
    return Reply.json(status, JsonText.write(body));
  }
}
