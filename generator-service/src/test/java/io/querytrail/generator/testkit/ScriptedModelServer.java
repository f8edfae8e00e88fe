package io.querytrail.generator.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server on loopback that answers as the test says; what it has ready is OpenAI's format. */
public final class ScriptedModelServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One call as it came in. */
  public record Call(String path, JsonNode body, Map<String, List<String>> headers) {
    public String userMessage() {
      JsonNode messages = body.path("messages");
      return messages.path(messages.size() - 1).path("content").asText();
    }
  }

  /** What the server does with a call. */
  public interface Reply {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  public ScriptedModelServer(Function<Call, Reply> script) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_048);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> handle(exchange, script));
    server.start();
  }

  public String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  public String rootUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Call> calls() {
    return calls;
  }

  private void handle(HttpExchange exchange, Function<Call, Reply> script) throws IOException {
    try (exchange) {
      Call call =
          new Call(
              exchange.getRequestURI().getPath(),
              JSON.readTree(exchange.getRequestBody()),
              Map.copyOf(exchange.getRequestHeaders()));
      calls.add(call);
      script.apply(call).to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A completion that ends in order. */
  public static Reply text(String content) {
    return completion(content, "stop", usage(100, 20));
  }

  /** The agreed JSON object around this statement. */
  public static Reply sql(String sql) {
    return text(answer(sql));
  }

  public static String answer(String sql) {
    ObjectNode node = JSON.createObjectNode();
    node.put("sql", sql);
    node.put("explanation", "what it does");
    node.putArray("warnings").add("an assumption");
    node.put("suggested_visualization", "table");
    return node.toString();
  }

  public static String usage(int input, int output) {
    return """
    {"prompt_tokens": %d, "completion_tokens": %d, "total_tokens": %d,
     "prompt_tokens_details": {"cached_tokens": 10},
     "completion_tokens_details": {"reasoning_tokens": 5}}\
    """
        .formatted(input, output, input + output);
  }

  public static Reply completion(String content, String finishReason, String usage) {
    return http(200, Map.of(), body(content, finishReason, usage));
  }

  public static String body(String content, String finishReason, String usage) {
    return """
    {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000,
     "model": "test-model-2026", "choices": [{"index": 0, "finish_reason": "%s",
     "message": {"role": "assistant", "content": %s}}], "usage": %s}\
    """
        .formatted(finishReason, JSON.valueToTree(content), usage);
  }

  public static Reply http(int status, Map<String, String> headers, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return exchange -> {
      headers.forEach(exchange.getResponseHeaders()::add);
      exchange.getResponseHeaders().add("content-type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    };
  }

  /** Closes the connection in the middle of the body. */
  public static Reply resetMidBody() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write("{\"id\":".getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      // Less than was promised: the server drops the connection.
      exchange.close();
    };
  }

  /** One byte at a time, so that no timeout between two reads ever strikes, until nobody reads. */
  public static Reply drip() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      CountDownLatch never = new CountDownLatch(1);
      try (OutputStream out = exchange.getResponseBody()) {
        while (!never.await(20, TimeUnit.MILLISECONDS)) {
          out.write(' ');
          out.flush();
        }
      }
    };
  }

  /** Takes the request and says nothing for longer than any test lasts. */
  public static Reply silence() {
    return exchange -> new CountDownLatch(1).await(10, TimeUnit.MINUTES);
  }

  /** Answers when the gate opens. */
  public static Reply after(CountDownLatch gate, Reply reply) {
    return exchange -> {
      gate.await();
      reply.to(exchange);
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
