package io.querytrail.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A model server that costs next to nothing, so that what a benchmark measures is the caller: plain
 * sockets, a virtual thread each, the same answer after the same time. {@code GET /last} gives the
 * last call's body; {@code PUT /slow/N} lets every N-th call take 5 seconds, 0 none.
 */
public final class PacedModelServer {
  private static final int BACKLOG = 2_048;
  private static final long THINKS_MILLIS = 200;
  private static final long SLOW_MILLIS = 5_000;
  private static final byte[] ANSWER =
      answer(
          """
          {"id":"c-1","object":"chat.completion","created":1795000000,"model":"m","choices":[{"index":0,\
          "message":{"role":"assistant","content":"{\\"sql\\":\\"SELECT count(*) AS customers FROM\
           shop.customers\\",\\"explanation\\":\\"All customers.\\",\\"warnings\\":[],\
          \\"suggested_visualization\\":\\"none\\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1800,\
          "completion_tokens":40,"total_tokens":1840,"prompt_tokens_details":{"cached_tokens":1024}}}\
          """);

  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong slowEvery = new AtomicLong();
  private final AtomicReference<byte[]> last = new AtomicReference<>(new byte[0]);

  private PacedModelServer() {}

  /** Prints its port as the first line and serves until it is ended. */
  public static void main(String[] args) throws IOException {
    PacedModelServer server = new PacedModelServer();
    try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
      System.out.println(listener.getLocalPort());
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> server.serve(socket));
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16_384);
      String request = line(in);
      while (!request.isEmpty()) {
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring(15).strip());
          }
        }
        socket.getOutputStream().write(reply(request, in.readNBytes(length)));
        request = line(in);
      }
    } catch (IOException e) {
      // The caller has gone, which is how connections end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] reply(String request, byte[] body) throws InterruptedException {
    if (request.startsWith("GET /last ")) {
      return answer(new String(last.get(), StandardCharsets.UTF_8));
    }
    if (request.startsWith("PUT /slow/")) {
      slowEvery.set(Long.parseLong(request.substring(10, request.indexOf(' ', 10))));
      return answer("{}");
    }
    last.lazySet(body);
    long every = slowEvery.get();
    Thread.sleep(every > 0 && calls.incrementAndGet() % every == 0 ? SLOW_MILLIS : THINKS_MILLIS);
    return ANSWER;
  }

  private static byte[] answer(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    byte[] whole = new byte[head.length() + bytes.length];
    System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, whole, 0, head.length());
    System.arraycopy(bytes, 0, whole, head.length(), bytes.length);
    return whole;
  }

  /** Empty at the end of the headers, and of the connection. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
