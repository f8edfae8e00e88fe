package io.querytrail.sink;

import io.querytrail.service.DatabaseConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real PgBouncer in transaction mode on 127.0.0.1, before one database. It ends with this JVM,
 * however that ends.
 */
final class PgBouncer implements AutoCloseable {
  /** Waits at the end of a pipe that the JVM holds. */
  private static final String LEASH =
      """
      "$@" </dev/null & server=$!
      cat >/dev/null
      kill -INT $server
      wait $server
      """;

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it for these roles' logins.
   *
   * @param size connections to the server for each role
   */
  static PgBouncer start(Path directory, int size, DatabaseConfig... logins) throws Exception {
    Files.createDirectories(directory);
    int port = freePort();
    URI server = URI.create(logins[0].jdbcUrl().substring("jdbc:".length()));
    Path users =
        Files.writeString(
            directory.resolve("users.txt"),
            Stream.of(logins)
                .map(login ->
                    "\"%s\" \"%s\"\n".formatted(login.user(), TestDatabase.password(login)))
                .collect(Collectors.joining()));
    Path config =
        Files.writeString(
            directory.resolve("pgbouncer.ini"),
            """
            [databases]
            * = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = %s
            pool_mode = transaction
            default_pool_size = %d
            max_client_conn = 100
            ignore_startup_parameters = extra_float_digits
            """
                .formatted(server.getPort(), port, users.toAbsolutePath(), size));
    Path log = directory.resolve("pgbouncer.log");
    List<String> command = new ArrayList<>(List.of("sh", "-c", LEASH, "leash"));
    command.addAll(asNobody());
    command.addAll(List.of(program(), config.toAbsolutePath().toString()));
    PgBouncer bouncer =
        new PgBouncer(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start(),
            port);
    bouncer.awaitReady(log);
    return bouncer;
  }

  /** Installed, or brought from Debian's package. */
  private static String program() throws IOException, InterruptedException {
    Process fetch =
        new ProcessBuilder("../scripts/fetch-pgbouncer", "target/pgbouncer-program")
            .redirectErrorStream(true)
            .start();
    String output = new String(fetch.getInputStream().readAllBytes()).strip();
    if (fetch.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
    return output;
  }

  /** It refuses to be root, and so is nobody in particular in a namespace of its own. */
  private static List<String> asNobody() throws IOException, InterruptedException {
    if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
      return List.of();
    }
    List<String> namespace = List.of("unshare", "--user");
    List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    Process attempt =
        new ProcessBuilder("unshare", "--user", "true").redirectErrorStream(true).start();
    return attempt.waitFor() == 0 ? namespace : nobody;
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    }
  }

  private void awaitReady(Path log) throws IOException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          close();
          throw new IllegalStateException(
              "PgBouncer did not start. It said:\n" + Files.readString(log), e);
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /** The same login by way of it. */
  DatabaseConfig before(DatabaseConfig login, String settings) {
    return new DatabaseConfig(
        login.jdbcUrl().replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + port) + settings,
        login.user(),
        login.password(),
        login.maxConnections());
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
