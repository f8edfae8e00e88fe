package io.querytrail.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The {@code safety check} command as it is installed, fed with the ordinary statements over and
 * over: what a verdict takes there, by the command's own count, once it has run for a while.
 */
final class CheckCommand {
  private static final int LINES = 80_000;
  private static final int WARM_LINES = 60_000;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Path command;

  CheckCommand(Path command) {
    this.command = command;
  }

  void report() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                command.toString(),
                "safety",
                "check",
                "--policy",
                Statements.CORPUS.resolve("policy.yaml").toString(),
                "--schema",
                Statements.CORPUS.resolve("schema.sql").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread.ofVirtual().start(() -> feed(process));
    long[] micros = new long[LINES];
    int lines = 0;
    long start = System.nanoTime();
    try (BufferedReader verdicts = process.inputReader()) {
      for (String line = verdicts.readLine(); line != null; line = verdicts.readLine()) {
        micros[lines++] = MAPPER.readTree(line).path("micros").asLong();
      }
    }
    if (process.waitFor() != 0 || lines != LINES) {
      throw new IllegalStateException(
          command + " gave " + lines + " verdicts for " + LINES + " lines");
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long[] warm = Arrays.copyOfRange(micros, WARM_LINES, LINES);
    Arrays.sort(warm);
    System.out.printf(
        "%-34s%10d%10d%n",
        "safety check, the last quarter", warm[warm.length / 2], warm[warm.length * 95 / 100]);
    System.out.printf("  %,d lines in %.1f s, start included%n", LINES, seconds);
  }

  private static void feed(Process process) {
    List<String> statements = Statements.ordinary();
    try (BufferedWriter lines = process.outputWriter()) {
      for (int i = 0; i < LINES; i++) {
        String statement = statements.get(i % statements.size());
        lines.write(MAPPER.writeValueAsString(Map.of("sql", statement)));
        lines.write('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
