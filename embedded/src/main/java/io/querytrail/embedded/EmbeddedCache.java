package io.querytrail.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real Redis or memcached on loopback, in a process of its own, to be killed and started again.
 * Nothing that it holds outlives it.
 */
public final class EmbeddedCache implements AutoCloseable {
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(10);
  private static final int CONNECT_MILLIS = 1_000;

  private final List<String> command;
  private final int port;
  private final Path log;
  private Process process;

  private EmbeddedCache(List<String> command, int port, Path log) {
    this.command = command;
    this.port = port;
    this.log = log;
    this.process = launch();
  }

  /**
   * An empty Redis that writes nothing to disk.
   *
   * @param program redis-server
   * @param directory where it runs, and writes its log
   * @throws EmbeddedServerException when it does not listen in time
   */
  public static EmbeddedCache redis(Path program, Path directory) {
    int port = freePort();
    return new EmbeddedCache(
        List.of(
            program.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            directory.toString()),
        port,
        directory.resolve("redis.log"));
  }

  /**
   * An empty memcached of 16 MB.
   *
   * @param program memcached
   * @param directory where it writes its log
   * @throws EmbeddedServerException when it does not listen in time
   */
  public static EmbeddedCache memcached(Path program, Path directory) {
    int port = freePort();
    return new EmbeddedCache(
        List.of(
            program.toString(),
            "-l",
            "127.0.0.1",
            "-p",
            Integer.toString(port),
            "-U",
            "0",
            "-m",
            "16",
            "-u",
            System.getProperty("user.name")),
        port,
        directory.resolve("memcached.log"));
  }

  public int port() {
    return port;
  }

  /** SIGKILL. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A new process at the same place, which knows nothing. */
  public void restart() {
    process = launch();
  }

  /**
   * Stands still with all of its connections open: the worst kind of slow. Returns when it does: on
   * a busy machine a thread of it may go on answering for a while after the signal.
   */
  public void freeze() {
    signal("-STOP");
    while (!standsStill()) {
      Pause.briefly();
    }
  }

  private boolean standsStill() {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (Stream<Path> each = Files.list(threads)) {
      for (Path thread : each.toList()) {
        // "17 (memcached) T ...": a name may hold a parenthesis, the state stands after the last.
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot read the threads of " + command, e);
    }
  }

  /** Goes on after {@link #freeze}. */
  public void thaw() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new EmbeddedServerException("kill " + signal + " ended with " + code);
      }
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot run kill " + signal, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Process launch() {
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      long deadline = System.nanoTime() + STARTED_WITHIN.toNanos();
      while (!accepts()) {
        if (!started.isAlive() || System.nanoTime() > deadline) {
          throw new EmbeddedServerException(command + " does not listen: " + Files.readString(log));
        }
        Pause.briefly();
      }
      return started;
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot start " + command, e);
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedServerException("No port is free on loopback", e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
