package io.querytrail.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** An answer on the wire, and the ways to deliver it well or badly. */
record Reply(int status, String contentType, Map<String, String> headers, String body) {
  private static final int NO_BODY = -1;
  private static final int CHUNKED = 0;

  static Reply json(int status, String body) {
    return new Reply(status, "application/json", Map.of(), body);
  }

  static Reply empty(int status) {
    return new Reply(status, "application/json", Map.of(), "");
  }

  Reply with(Map<String, String> moreHeaders) {
    return new Reply(status, contentType, moreHeaders, body);
  }

  void send(HttpExchange exchange) throws IOException {
    byte[] bytes = begin(exchange);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? NO_BODY : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Promises the whole body, sends half of it and ends the connection. */
  void sendHalf(HttpExchange exchange) throws IOException {
    byte[] bytes = begin(exchange);
    exchange.sendResponseHeaders(status, bytes.length);
    OutputStream out = exchange.getResponseBody();
    out.write(Arrays.copyOf(bytes, bytes.length / 2));
    out.flush();
  }

  void sendSlowly(HttpExchange exchange, Duration interval)
      throws IOException, InterruptedException {
    byte[] bytes = begin(exchange);
    exchange.sendResponseHeaders(status, CHUNKED);
    OutputStream out = exchange.getResponseBody();
    for (byte one : bytes) {
      out.write(one);
      out.flush();
      Thread.sleep(interval);
    }
    out.close();
  }

  private byte[] begin(HttpExchange exchange) {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    headers.forEach(exchange.getResponseHeaders()::set);
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
