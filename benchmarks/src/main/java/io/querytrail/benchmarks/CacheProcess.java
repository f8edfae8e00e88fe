package io.querytrail.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Redis or memcached on loopback that keeps nothing on disk and ends with this process. */
final class CacheProcess implements AutoCloseable {
  private static final int STARTED_WITHIN_MILLIS = 10_000;
  private static final int PAUSE_MILLIS = 20;

  private final Process process;
  private final int port;

  private CacheProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static CacheProcess redis(Path program) throws IOException, InterruptedException {
    int port = freePort();
    return start(
        port,
        List.of(
            program.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--save",
            "",
            "--appendonly",
            "no"));
  }

  static CacheProcess memcached(Path program) throws IOException, InterruptedException {
    int port = freePort();
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "-l", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(List.of("-U", "0", "-m", "16", "-u", System.getProperty("user.name")));
    return start(port, command);
  }

  int port() {
    return port;
  }

  private static CacheProcess start(int port, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    for (int waited = 0; !accepts(port); waited += PAUSE_MILLIS) {
      if (waited > STARTED_WITHIN_MILLIS || process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command.getFirst() + " does not listen");
      }
    }
    return new CacheProcess(process, port);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
