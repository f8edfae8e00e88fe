package io.querytrail.cli;

import io.querytrail.embedded.EmbeddedServerException;
import io.querytrail.service.ConfigException;
import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root of all subcommands. */
@Command(
    name = "querytrail",
    mixinStandardHelpOptions = true,
    version = "querytrail 0.1.0",
    description = "The audit trail and spending guard for AI-written SQL.",
    subcommands = {
      UpCommand.class,
      DemoCommand.class,
      AskCommand.class,
      RequestCommand.class,
      WatchCommand.class,
      ConsumeCommand.class,
      AccountCommand.class,
      BudgetCommand.class,
      PricesCommand.class,
      ReportCommand.class,
      LogCommand.class,
      AuditCommand.class,
      PartitionsCommand.class,
      SinkCommand.class,
      DbCommand.class,
      OpsCommand.class,
      ShowCommand.class,
      SafetyCommand.class,
      SchemaCommand.class,
      CacheCommand.class,
      TopicsCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:could not be done",
      "2:called wrongly, or a given file is not usable",
      "3:done, and the answer is no"
    })
final class QuerytrailCommand implements Runnable {
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  static CommandLine commandLine() {
    CommandLine root = new CommandLine(new QuerytrailCommand());
    handOnVersion(root);
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((error, line, parsed) -> explain(error))
        .setUsageHelpAutoWidth(true);
  }

  private static void handOnVersion(CommandLine command) {
    for (CommandLine below : command.getSubcommands().values()) {
      below.getCommandSpec().version(command.getCommandSpec().version());
      handOnVersion(below);
    }
  }

  private static int explain(Exception error) {
    return switch (error) {
      case CommandException failed -> {
        System.err.println("querytrail: " + failed.getMessage());
        yield failed.exitCode();
      }
      case ConfigException config -> {
        System.err.println("querytrail: " + config.getMessage());
        yield ExitCodes.USAGE;
      }
      // These say by themselves what is wrong and what to do.
      case EmbeddedServerException server -> failed(String.valueOf(server.getMessage()));
      case SQLException database ->
          failed("the database refused or did not answer: " + database.getMessage());
      case SerializationException foreign -> failed(String.valueOf(foreign.getMessage()));
      case KafkaException kafka -> failed("Kafka refused or did not answer: " + kafka.getMessage());
      default -> {
        System.err.println("querytrail: " + error);
        LoggerFactory.getLogger(QuerytrailCommand.class).debug("command failed", error);
        yield ExitCodes.FAILED;
      }
    };
  }

  private static int failed(String message) {
    System.err.println("querytrail: " + message);
    return ExitCodes.FAILED;
  }
}
