package io.querytrail.audit.alerts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A receiver of posts on loopback that keeps what it gets and answers as it is told. */
final class Receiver implements AutoCloseable {
  /** What came, as it came. */
  record Post(String id, String signature, String contentType, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** How to answer. */
  interface Answer {
    void to(HttpExchange exchange, Post post) throws IOException;
  }

  private final List<Post> posts = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile Answer answer;

  Receiver(Answer answer) {
    this(0, answer);
  }

  Receiver(int port, Answer answer) {
    this.answer = answer;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  static Answer status(int status, String... header) {
    return (exchange, post) -> {
      if (header.length == 2) {
        exchange.getResponseHeaders().set(header[0], header[1]);
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    Post post =
        new Post(
            header(exchange, "Querytrail-Alert-Id"),
            header(exchange, "Querytrail-Signature"),
            header(exchange, "Content-Type"),
            exchange.getRequestBody().readAllBytes());
    posts.add(post);
    answer.to(exchange, post);
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  void answer(Answer next) {
    answer = next;
  }

  List<Post> posts() {
    return posts;
  }

  List<String> ids() {
    return posts.stream().map(Post::id).toList();
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port() + "/alerts");
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
