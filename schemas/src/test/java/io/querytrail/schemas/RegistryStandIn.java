package io.querytrail.schemas;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** As much of a schema registry as events need, over real HTTP. */
final class RegistryStandIn implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> schemas = new ArrayList<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private volatile String userInfo = "";
  private volatile int failure;
  private volatile String failureBody = "";

  RegistryStandIn() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Map<String, Object> clientSettings() {
    return Map.of("schema.registry.url", url());
  }

  /** From now on only this "user:password" is let in. */
  void requireUser(String required) {
    userInfo = required;
  }

  /** From now on every call is answered like this; 0 ends it. */
  void answerWith(int status, String body) {
    failure = status;
    failureBody = body;
  }

  /** Puts a schema in as another client would; the answer is its id. */
  synchronized int add(String schema) {
    int known = schemas.indexOf(schema);
    if (known < 0) {
      schemas.add(schema);
      known = schemas.size() - 1;
    }
    return known + 1;
  }

  /** Method and path of each call so far. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    calls.add(exchange.getRequestMethod() + " " + path);
    byte[] request = exchange.getRequestBody().readAllBytes();
    if (failure != 0) {
      send(exchange, failure, failureBody);
    } else if (!userInfo.isEmpty() && !authorized(exchange)) {
      send(exchange, 401, "{\"error_code\":40101,\"message\":\"who are you\"}");
    } else if (exchange.getRequestMethod().equals("POST")
        && path.matches("/subjects/[^/]+/versions")) {
      int id = add(JSON.readTree(request).required("schema").asText());
      send(exchange, 200, JSON.createObjectNode().put("id", id).toString());
    } else if (exchange.getRequestMethod().equals("GET") && path.matches("/schemas/ids/-?\\d+")) {
      sendSchema(exchange, Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
    } else {
      send(exchange, 405, "{}");
    }
  }

  private synchronized void sendSchema(HttpExchange exchange, int id) throws IOException {
    if (id < 1 || id > schemas.size()) {
      send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
    } else {
      ObjectNode answer = JSON.createObjectNode().put("schema", schemas.get(id - 1));
      send(exchange, 200, answer.toString());
    }
  }

  private boolean authorized(HttpExchange exchange) {
    byte[] expected = userInfo.getBytes(StandardCharsets.UTF_8);
    return ("Basic " + Base64.getEncoder().encodeToString(expected))
        .equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
