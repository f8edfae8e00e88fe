package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs services in JVMs of their own, since only a JVM's end has an exit code. */
class ServiceMainTest {
  @TempDir Path directory;

  @Test
  void endsWithZeroAfterASignalOnceItHasStoppedInOrder() throws Exception {
    // Given
    Run run = start("behaviour: run\n");
    run.awaitLine(line -> line.contains("started"));

    // When
    run.process().destroy();

    // Then
    assertThat(run.exitCode()).isEqualTo(0);
    assertThat(run.lines()).contains("closed in order");
  }

  @Test
  void endsWithOneWhenTheServiceCannotGoOn() throws Exception {
    Run run = start("behaviour: fail\n");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lines()).contains("closed in order");
    assertThat(run.text()).contains("the disk is gone");
  }

  @Test
  void endsWithOneWhenItCannotStart() throws Exception {
    Run run = start("behaviour: refuse\n");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.text()).contains("topics are missing");
  }

  @Test
  void endsWithOneWhenItCannotStopInOrder() throws Exception {
    // Given
    Run run = start("behaviour: stuck\n");
    run.awaitLine(line -> line.contains("started"));

    // When
    run.process().destroy();

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void endsWithTwoAndAllProblemsWhenTheConfigurationIsWrong() throws Exception {
    Run run = start("behavior: run\nextra: 1\n");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.lines())
        .containsExactly(
            directory.resolve("config.yaml") + ":",
            "  behavior: unknown key; known keys are [behaviour]",
            "  extra: unknown key; known keys are [behaviour]",
            "  behaviour: is missing");
  }

  @Test
  void endsWithTwoWhenAFileThatTheConfigurationNamesIsWrong() throws Exception {
    Run run = start("behaviour: misconfigure\n");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.lines()).containsExactly("prices.yaml:", "  there is no such file");
  }

  @Test
  void endsWithTwoWhenNoConfigurationIsNamed() throws Exception {
    Run run = run(List.of());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.text()).contains("--config FILE");
  }

  private Run start(String yaml) throws IOException {
    Path config = directory.resolve("config.yaml");
    Files.writeString(config, yaml);
    return run(List.of("--config", config.toString()));
  }

  private Run run(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
    command.addAll(arguments);
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Run(process, output);
  }

  private record Run(Process process, Path output) {
    int exitCode() throws InterruptedException {
      try {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("has ended").isTrue();
        return process.exitValue();
      } finally {
        process.destroyForcibly();
      }
    }

    void awaitLine(Predicate<String> wanted) {
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> lines().stream().anyMatch(wanted));
    }

    String text() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }

    List<String> lines() throws IOException {
      return text().lines().toList();
    }
  }

  record ChildConfig(String behaviour) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("behaviour", behaviour);
    }
  }

  /** The process under test. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      ServiceMain.run(args, ChildConfig.class, Child::start);
    }

    private static Service start(ChildConfig config) {
      CompletableFuture<Void> failure = new CompletableFuture<>();
      switch (config.behaviour()) {
        case "refuse" -> throw new IllegalStateException("topics are missing");
        case "misconfigure" ->
            throw new ConfigException("prices.yaml", List.of("there is no such file"));
        case "fail" -> failure.completeExceptionally(new IllegalStateException("the disk is gone"));
        default -> {
          // Runs until it is told to stop.
        }
      }
      return new ChildService(config.behaviour().equals("stuck"), failure);
    }
  }

  private record ChildService(boolean stuck, CompletableFuture<Void> failure) implements Service {
    @Override
    public String name() {
      return "child";
    }

    @Override
    public int httpPort() {
      return 0;
    }

    @Override
    public HealthChecks health() {
      return new HealthChecks();
    }

    @Override
    public void close() {
      if (stuck) {
        throw new IllegalStateException("cannot let go");
      }
      System.out.println("closed in order");
    }
  }
}
