package io.querytrail.cli;

import io.querytrail.sink.SinkRebuild;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Work on the log that the sink does not do by itself. */
@Command(
    name = "sink",
    mixinStandardHelpOptions = true,
    description = "Work on the log that the sink does not do by itself.",
    subcommands = SinkCommand.Rebuild.class)
final class SinkCommand {
  private SinkCommand() {}

  @Command(
      name = "rebuild",
      mixinStandardHelpOptions = true,
      description =
          "Read the topics from their beginning, add to the log what it does not have, write anew what"
              + " differs, and make its sums anew. Sinks may go on meanwhile. Needs the owner of the"
              + " tables.")
  static final class Rebuild implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--json", description = "One JSON object.")
    boolean json;

    @Override
    public Integer call() throws SQLException {
      Connection found = connection.reachable();
      SinkRebuild.Result result;
      try (@Nullable ProgressBar progress = progress()) {
        result =
            SinkRebuild.run(
                found.kafka(),
                found.owner(),
                Clock.systemUTC(),
                read -> {
                  if (progress != null) {
                    progress.stepTo(read);
                  }
                });
      }
      System.out.println(json ? Json.line(result) : text(result));
      return ExitCodes.OK;
    }

    private static @Nullable ProgressBar progress() {
      return Terminal.isThere()
          ? new ProgressBarBuilder().setTaskName("records").setInitialMax(-1).build()
          : null;
    }
  }

  static String text(SinkRebuild.Result result) {
    return """
    read %d records: added %d, rewrote %d that differed, already there %d
    refused by the database %d, unreadable %d (see the dead letters), of months taken out of the log %d
    the sums of all months in the log were made anew\
    """
        .formatted(
            result.read(),
            result.added(),
            result.rewritten(),
            result.present(),
            result.refused(),
            result.unusable(),
            result.passedOver());
  }
}
