package io.querytrail.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * An application whose very first step is an event's builder, in a JVM that has seen nothing else
 * of ours.
 */
final class BuilderFirstTest {
  @Test
  void buildsEventsWithDefaultsBeforeAnythingElseOfOursIsLoaded()
      throws IOException, InterruptedException {
    Process application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                BuilderFirst.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(application.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(output).contains("HARD");
    assertThat(application.exitValue()).isZero();
  }
}
