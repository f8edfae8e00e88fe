package io.querytrail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A service in a JVM of its own with this JVM's class path, started as an operator would, killed as
 * fate would. Safe for use by several threads.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final int SHOWN_LINES = 40;
  private static final int STOP_SECONDS = 45;

  private final String mainClass;
  private final Path config;
  private final Path output;
  private volatile Process process;

  private ServiceProcess(String mainClass, Path config, Path output) throws IOException {
    this.mainClass = mainClass;
    this.config = config;
    this.output = output;
    this.process = launch();
  }

  /**
   * Starts {@code mainClass --config FILE}.
   *
   * @param directory where the configuration and the output are put, under this name
   * @param yaml the configuration
   */
  public static ServiceProcess start(String name, String mainClass, Path directory, String yaml)
      throws IOException {
    Path config = Files.writeString(directory.resolve(name + ".yaml"), yaml);
    return new ServiceProcess(mainClass, config, directory.resolve(name + ".log"));
  }

  private Process launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dsun.net.httpserver.nodelay=true",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                mainClass,
                "--config",
                config.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  /** SIGKILL, and a new process in its place. */
  public synchronized void killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = launch();
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The end of what it printed, for a failure's message. */
  public String log() {
    try {
      List<String> lines = Files.readAllLines(output);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM, and SIGKILL when that is of no use. */
  @Override
  public synchronized void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
