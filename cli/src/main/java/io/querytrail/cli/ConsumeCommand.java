package io.querytrail.cli;

import io.querytrail.events.QueryExecuted;
import io.querytrail.schemas.ApprovalConsumer;
import io.querytrail.schemas.ExecutionReporter;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The ready consumer of approvals. */
@Command(
    name = "consume",
    mixinStandardHelpOptions = true,
    description = {
      "Read approved queries until Ctrl-C; with --execute, run each read-only and report back.",
      "Prints one JSON line for each."
    })
final class ConsumeCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 10;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--execute", description = "Run the approved SQL on its datasource and report.")
  boolean execute;

  @Option(
      names = "--group",
      paramLabel = "ID",
      defaultValue = "querytrail-consume",
      description =
          "Consumer group; each group sees every approval once (default: ${DEFAULT-VALUE}).")
  String group = "";

  @Option(
      names = "--statement-timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Longest run of a statement (default: ${DEFAULT-VALUE}).")
  int statementTimeoutSeconds;

  @Option(names = "--json", description = "Output is always JSON lines; taken for uniformity.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Connection found = connection.reachable();
    Map<String, Object> consumerSettings = new HashMap<>(found.kafka().clientSettings());
    consumerSettings.put("group.id", group);
    CountDownLatch ended = new CountDownLatch(1);
    try (ExecutionReporter reporter =
            ExecutionReporter.open(found.kafka().clientSettings(), "querytrail/consume");
        ApprovalExecutor executor =
            new ApprovalExecutor(
                found::datasource,
                Duration.ofSeconds(statementTimeoutSeconds),
                group,
                Clock.systemUTC(),
                note -> System.err.println("querytrail: " + note))) {
      ApprovalConsumer approvals = ApprovalConsumer.open(consumerSettings);
      Shutdown.onSignal(() -> stop(approvals, ended));
      approvals.run((approved, trace) -> {
        if (execute) {
          QueryExecuted executed = executor.execute(approved);
          // The report is safe before the approval counts as read.
          reporter.report(executed, trace).get();
          System.out.println(Json.line(Json.of(executed)));
        } else {
          System.out.println(Json.line(Json.of(approved)));
        }
      });
    } finally {
      ended.countDown();
    }
    return ExitCodes.OK;
  }

  /** Waits for the work and not for its thread: that one ends after the process does. */
  private static void stop(ApprovalConsumer approvals, CountDownLatch ended) {
    approvals.close();
    try {
      if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("querytrail: the statement in hand goes on; it will be run again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
