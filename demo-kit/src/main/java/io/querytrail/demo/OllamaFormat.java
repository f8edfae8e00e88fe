package io.querytrail.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import io.querytrail.demo.ChatRequest.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Ollama's own chat. It has no filter: a model that declines does so in words. */
final class OllamaFormat implements WireFormat {
  private static final String PATH = "/api/chat";
  private static final String BEARER = "Bearer ";

  @Override
  public String basePath() {
    return "";
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
    JsonNode request = JsonText.parse(body, "invalid JSON");
    String model = request.path("model").asText("");
    if (model.isEmpty()) {
      throw new MalformedRequestException("model is required");
    }
    if (request.path("stream").asBoolean(true)) {
      throw new MalformedRequestException("This server does not stream.");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : request.path("messages")) {
      messages.add(
          new Message(message.path("role").asText(""), message.path("content").asText("")));
    }
    return new ChatRequest(
        model,
        messages,
        JsonText.ceiling(request.path("options").path("num_predict"), "num_predict"));
  }

  @Override
  public String id(long number) {
    return String.format(Locale.ROOT, "ollama-demo%08d", number);
  }

  @Override
  public Reply answer(String id, Instant at, ChatRequest request, Completion completion) {
    boolean declined =
        completion.ending() == Ending.REFUSAL || completion.ending() == Ending.CONTENT_FILTER;
    ObjectNode body =
        JsonText.object().put("model", request.model()).put("created_at", at.toString());
    body.putObject("message")
        .put("role", "assistant")
        .put("content", declined ? "I cannot help with that." : completion.content());
    body.put("done", true)
        .put("done_reason", completion.ending() == Ending.MAX_TOKENS ? "length" : "stop")
        .put("total_duration", 4_883_583_458L)
        .put("prompt_eval_count", completion.usage().promptTokens())
        .put("eval_count", completion.usage().completionTokens());
    return Reply.json(200, JsonText.write(body));
  }

  @Override
  public Reply badRequest(String message) {
    return error(400, message);
  }

  @Override
  public Reply error(int status, OptionalInt retryAfterSeconds) {
    Reply reply =
        switch (status) {
          case 401 -> error(401, "unauthorized");
          case 404 -> error(404, "model not found, try pulling it first");
          case 503 ->
              error(503, "server busy, please try again. maximum pending requests exceeded");
          default -> error(status, "an error was encountered while running the model");
        };
    return JsonText.withRetryAfter(reply, retryAfterSeconds);
  }

  private static Reply error(int status, String message) {
    return Reply.json(status, JsonText.write(JsonText.object().put("error", message)));
  }
}
