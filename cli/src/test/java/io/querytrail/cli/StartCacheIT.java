package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's command where the start cache is of no use. */
class StartCacheIT {
  private static final Path DISTRIBUTION = Path.of("target", "dist").toAbsolutePath();

  @TempDir Path home;

  @Test
  void startsWithoutAWordWhereTheCacheDoesNotFit() throws Exception {
    // Given
    Files.createSymbolicLink(home.resolve("lib"), DISTRIBUTION.resolve("lib"));
    Files.createDirectory(home.resolve("bin"));
    for (String script : List.of("querytrail", "run-java")) {
      Files.copy(DISTRIBUTION.resolve("bin").resolve(script), home.resolve("bin").resolve(script));
      assertThat(home.resolve("bin").resolve(script).toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(home.resolve(Main.class.getName() + ".aot"), "made by another JVM");
    Path err = home.resolve("err");

    // When
    Process command =
        new ProcessBuilder(home.resolve("bin").resolve("querytrail").toString(), "--help")
            .redirectError(err.toFile())
            .start();
    String out = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    // Then
    assertThat(command.waitFor()).isZero();
    assertThat(out).startsWith("Usage: querytrail");
    assertThat(complaints(err)).isEmpty();
  }

  /** A JVM that takes options from its environment says so. */
  private static List<String> complaints(Path err) throws IOException {
    return Files.readAllLines(err).stream().filter(line -> !line.startsWith("Picked up ")).toList();
  }
}
