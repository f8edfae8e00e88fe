package io.querytrail.generator.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real Redis or memcached on loopback, in a process of its own, to be killed and started again.
 * Where the machine has none, Debian's packages are brought; where they cannot be, the test fails.
 */
public final class CacheServers implements AutoCloseable {
  private static final Path PROGRAMS = Path.of("target", "cache-servers").toAbsolutePath();
  private static final Path FETCH = Path.of("..", "scripts", "fetch-cache-servers");
  private static final int FETCH_MINUTES = 5;
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(10);

  private final List<String> command;
  private final int port;
  private final Path log;
  private Process process;

  private CacheServers(List<String> command, int port, Path log) {
    this.command = command;
    this.port = port;
    this.log = log;
    this.process = launch();
  }

  /** An empty Redis that writes nothing to disk. */
  public static CacheServers redis() {
    int port = freePort();
    Path directory = Stack.directory();
    return new CacheServers(
        List.of(
            program("redis-server"),
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

  /** An empty memcached. */
  public static CacheServers memcached() {
    int port = freePort();
    return new CacheServers(
        List.of(
            program("memcached"),
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
        Stack.directory().resolve("memcached.log"));
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

  /** Stands still with all of its connections open: the worst kind of slow. */
  public void freeze() {
    signal("-STOP");
  }

  public void thaw() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill " + signal + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
          throw new IllegalStateException(command + " does not listen: " + Files.readString(log));
        }
        started.waitFor(20, TimeUnit.MILLISECONDS);
      }
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String program(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path installed = Path.of(directory, name);
      if (!directory.isEmpty() && Files.isExecutable(installed)) {
        return installed.toString();
      }
    }
    fetch();
    return PROGRAMS.resolve("bin").resolve(name).toString();
  }

  private static synchronized void fetch() {
    try {
      Process script =
          new ProcessBuilder(FETCH.toString(), PROGRAMS.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!script.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) || script.exitValue() != 0) {
        throw new IllegalStateException(
            "redis-server and memcached are not installed, and scripts/fetch-cache-servers cannot"
                + " bring them: "
                + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
