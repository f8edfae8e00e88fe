package io.querytrail.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A JVM that starts both servers, says where they are, and holds them until it is killed. */
final class ServerHolder implements AutoCloseable {
  private static final String READY = "READY ";

  private final Process process;
  final String bootstrapServers;
  final String jdbcUrl;

  private ServerHolder(Process process, String bootstrapServers, String jdbcUrl) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
    this.jdbcUrl = jdbcUrl;
  }

  static ServerHolder spawn(Path kafkaDirectory, Path postgresDirectory) {
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ServerHolder.class.getName(),
                  kafkaDirectory.toString(),
                  postgresDirectory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(READY)) {
          String[] addresses = line.substring(READY.length()).split(" ", -1);
          return new ServerHolder(process, addresses[0], addresses[1]);
        }
      }
      throw new AssertionError("The child JVM ended before its servers were ready");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL: no shutdown hook runs. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  /** The child JVM. */
  public static void main(String[] directories) throws IOException {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(directories[0]));
    EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(directories[1]));
    System.out.println(READY + kafka.bootstrapServers() + " " + postgres.jdbcUrl("postgres"));
    while (System.in.read() >= 0) {}
  }
}
