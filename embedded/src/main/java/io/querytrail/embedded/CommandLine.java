package io.querytrail.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs a short command to its end. */
final class CommandLine {
  /** What came of it: exit code, and output and errors in one text. */
  record Outcome(int exitCode, String output) {}

  private CommandLine() {}

  static Outcome run(List<String> prefix, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(join(prefix, command))
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Outcome(process.waitFor(), output);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("Interrupted while running " + command.getFirst(), e);
    }
  }

  static List<String> join(List<String> prefix, List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }
}
