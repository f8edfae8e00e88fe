package io.querytrail.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.querytrail.demo.Fault.Effect;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** For tests in other processes: what was served, and which faults are to strike. */
final class ControlEndpoint {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** The largest order for a fault; bodies of answers are small. */
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final Faults faults;
  private final ServedLog served;

  ControlEndpoint(Faults faults, ServedLog served) {
    this.faults = faults;
    this.served = served;
  }

  /** The order for a fault, as JSON. */
  private record Order(
      @Nullable String match,
      @Nullable Integer times,
      @Nullable Long delayMillis,
      @Nullable Integer status,
      @Nullable Integer retryAfter,
      @Nullable String body,
      @Nullable String content,
      @Nullable String effect,
      @Nullable Long intervalMillis) {

    Fault toFault() {
      return new Fault(
          match == null ? "" : match,
          times == null ? Fault.ALWAYS : times,
          Duration.ofMillis(delayMillis == null ? 0 : delayMillis),
          toEffect());
    }

    private Effect toEffect() {
      if (effect != null) {
        return named(effect);
      }
      if (status != null && status != 200) {
        return new Effect.Status(
            status,
            retryAfter == null ? OptionalInt.empty() : OptionalInt.of(retryAfter),
            body == null ? "" : body);
      }
      if (body != null) {
        return new Effect.Body(body);
      }
      return content == null ? new Effect.Slow() : new Effect.Words(content);
    }

    private Effect named(String name) {
      return switch (name) {
        case "empty" -> Fault.emptyBody().effect();
        case "brokenJson" -> Fault.brokenJson().effect();
        case "prose" -> Fault.prose().effect();
        case "wrongShape" -> Fault.wrongShape().effect();
        case "maxTokens" -> new Effect.Ends(Ending.MAX_TOKENS);
        case "refusal" -> new Effect.Ends(Ending.REFUSAL);
        case "contentFilter" -> new Effect.Ends(Ending.CONTENT_FILTER);
        case "truncated" -> new Effect.Truncated();
        case "hang" -> new Effect.Hang();
        case "drip" ->
            new Effect.Drip(Duration.ofMillis(intervalMillis == null ? 1000 : intervalMillis));
        default ->
            throw new IllegalArgumentException(
                "effect must be empty, brokenJson, prose, wrongShape, maxTokens, refusal,"
                    + " contentFilter, truncated, hang or drip, not "
                    + name);
      };
    }
  }

  /** GET: the calls as JSON lines; a header tells how many older ones are forgotten. */
  void served(HttpExchange exchange) throws IOException {
    try (exchange) {
      StringBuilder lines = new StringBuilder();
      for (Served call : served.calls()) {
        lines.append(line(call)).append('\n');
      }
      new Reply(
              200,
              "application/jsonl",
              Map.of("X-Forgotten", String.valueOf(served.forgotten())),
              lines.toString())
          .send(exchange);
    }
  }

  /** POST: one more fault; DELETE: no more faults. */
  void fault(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
      switch (exchange.getRequestMethod()) {
        case "POST" -> add(body).send(exchange);
        case "DELETE" -> {
          faults.clear();
          Reply.empty(204).send(exchange);
        }
        default -> Reply.empty(405).send(exchange);
      }
    }
  }

  private Reply add(byte[] body) {
    try {
      faults.add(JSON.readValue(body, Order.class).toFault());
      return Reply.empty(204);
    } catch (IOException | IllegalArgumentException e) {
      return new Reply(400, "text/plain; charset=utf-8", Map.of(), String.valueOf(e.getMessage()));
    }
  }

  private static String line(Served call) throws JsonProcessingException {
    ObjectNode line =
        JSON.createObjectNode()
            .put("id", call.id())
            .put("at", call.at().toString())
            .put("model", call.model())
            .put("question", call.question())
            .put("promptTokens", call.usage().promptTokens())
            .put("cachedTokens", call.usage().cachedTokens())
            .put("completionTokens", call.usage().completionTokens())
            .put("reasoningTokens", call.usage().reasoningTokens())
            .put("status", call.status())
            .put("fault", call.fault());
    return JSON.writeValueAsString(line);
  }
}
