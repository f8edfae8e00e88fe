package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.demo.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many producers race for budgets that fit 30 % of their requests, while audit-stream and the
 * generator die by SIGKILL at random. Money is counted a second time afterwards, from the ledger
 * topic and the model server's own log. {@code make chaos-ledger} runs the long form.
 */
final class LedgerChaosIT {
  private static final int REQUESTS = Integer.getInteger("chaos.requests", 1_500);
  private static final int KILLS = Integer.getInteger("chaos.kills", 3);
  private static final long SEED = Long.getLong("chaos.seed", 20_261_127);

  @TempDir Path directory;

  @Test
  void spendsWhatWasHeldAndNothingElseThroughTheDeathOfEveryService() throws Exception {
    System.out.printf("%d requests, %d kills, seed %d%n", REQUESTS, KILLS, SEED);
    try (ServiceFleet fleet =
        ServiceFleet.start(directory, new Latency(Duration.ofMillis(150), 0.4, SEED))) {
      ChaosReport report = LedgerChaos.run(fleet, REQUESTS, KILLS, SEED);
      report.print(System.out);
      keepList(report);
      assertThat(report.failures()).isEmpty();
    }
  }

  private static void keepList(ChaosReport report) throws IOException {
    Path list = Path.of("target", "ledger-chaos-without-usage.txt").toAbsolutePath();
    Files.write(list, report.withoutUsage());
    System.out.printf("requests with calls charged at their ceiling are listed in %s%n", list);
  }
}
