package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as people run it: the distribution's script, an empty state directory, no terminal. */
final class DemoIT {
  private static final Path SCRIPT = Path.of("target", "dist", "bin", "querytrail");

  @TempDir Path directory;

  private record Ended(int exitCode, String output) {}

  @Test
  void asksHundredQuestionsAndAccountsForEachOfThem() throws Exception {
    // When it runs for the first time
    Ended first = demo();

    // Then each request has a verdict and a row, the money is the same everywhere, and one account
    // ran out of it
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output())
        .contains("asking 100 questions")
        .containsPattern(
            "100 requests, 100 verdicts \\(\\d+ approved and run\\), 100 rows in ai_query_log")
        .containsPattern("REJECTED  initech .* BUDGET_EXCEEDED: ")
        .containsPattern("ALERT     initech  account initech has spent 50 % of 0.005 USD")
        .contains("The sums agree: report cost 0.")
        .contains("Where to look next");
    assertThat(
            first.output().lines().filter(line -> line.matches(" *\\d+  (approved|REJECTED)  .*")))
        .hasSize(100);

    // When it runs again in the same place
    Ended second = demo();

    // Then that run is accounted for as well, over what is there already
    assertThat(second.exitCode()).as(second.output()).isZero();
    assertThat(second.output())
        .contains("account acme       policy 2 in force")
        .contains("100 requests, 100 verdicts")
        .contains("The sums agree: report cost 0.");
  }

  private Ended demo() throws IOException, InterruptedException {
    assertThat(SCRIPT).as("the distribution; make build makes it").isExecutable();
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                SCRIPT.toAbsolutePath().toString(),
                "demo",
                "--state-dir",
                directory.resolve("state").toString()));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output);
    } finally {
      process.destroy();
    }
  }
}
