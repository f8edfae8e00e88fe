package io.querytrail.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One running server process and the port it got. */
final class PostgresServer {
  /** Includes recovery after a crash, which reads up to {@code max_wal_size}. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  /** A free port may be taken by another program before the server binds it. */
  private static final int FREE_PORT_TRIES = 5;

  private static final String PORT_TAKEN = "Address already in use";

  private final LeashedProcess process;
  private final int port;

  private PostgresServer(LeashedProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  static PostgresServer start(
      PostgresFiles files,
      Path home,
      ServerIdentity identity,
      int wantedPort,
      Map<String, String> settings)
      throws IOException {
    for (int tries = 1; ; tries++) {
      int port = wantedPort == 0 ? freePort() : wantedPort;
      PostgresLog log = PostgresLog.open(files.log());
      List<String> command =
          CommandLine.join(
              List.of(home.resolve("bin/postgres").toString(), "-D", files.data().toString()),
              PostgresSettings.arguments(port, settings));
      LeashedProcess process =
          LeashedProcess.start(CommandLine.join(identity.prefix(), command), files.log());
      if (becomesReady(process, files)) {
        return new PostgresServer(process, port);
      }
      boolean timedOut = process.isAlive();
      process.close();
      boolean portTaken = log.tail().contains(PORT_TAKEN);
      if (!portTaken || wantedPort != 0 || tries == FREE_PORT_TRIES) {
        throw failure(log, port, portTaken, timedOut, identity);
      }
    }
  }

  private static boolean becomesReady(LeashedProcess process, PostgresFiles files) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!files.sayReady()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        return false;
      }
      try {
        Pause.briefly();
      } catch (EmbeddedServerException e) {
        process.close();
        throw e;
      }
    }
    return true;
  }

  private static EmbeddedServerException failure(
      PostgresLog log, int port, boolean portTaken, boolean timedOut, ServerIdentity identity) {
    String fact =
        timedOut
            ? "PostgreSQL was not ready after " + START_LIMIT.toSeconds() + " s"
            : "PostgreSQL did not start";
    String advice =
        portTaken
            ? ": port " + port + " is taken. Stop what listens there, or choose another"
            : identity.hint();
    return new EmbeddedServerException(
        fact + advice + ". Its log, " + log.file() + ", ends with:\n" + log.tail());
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  /** True if it ended by itself within the limit; otherwise it was killed. */
  boolean stop(Duration limit) throws IOException {
    try {
      boolean ended = process.stop(limit);
      if (!ended) {
        kill();
      }
      return ended;
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void kill() {
    process.close();
  }
}
