package io.querytrail.sink;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A sink in a JVM of its own, that can be killed. Starting it twice starts it once. */
final class SinkProcess implements AutoCloseable {
  private final Path config;
  private final Path output;
  private @Nullable Process process;

  private SinkProcess(Path config, Path output) {
    this.config = config;
    this.output = output;
  }

  static SinkProcess start(Path directory, String name, KafkaConfig kafka, DatabaseConfig database)
      throws IOException {
    Path config =
        Files.writeString(
            directory.resolve(name + ".yaml"),
            """
            kafka: {bootstrapServers: "%s"}
            http: {port: 0}
            database: {jdbcUrl: "%s", user: "%s", password: "%s", maxConnections: 3}
            """
                .formatted(
                    kafka.bootstrapServers(),
                    database.jdbcUrl(),
                    database.user(),
                    TestDatabase.password(database)));
    SinkProcess sink = new SinkProcess(config, directory.resolve(name + ".log"));
    sink.launch();
    return sink;
  }

  void launch() throws IOException {
    if (process != null && process.isAlive()) {
      return;
    }
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  /** SIGTERM. */
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
