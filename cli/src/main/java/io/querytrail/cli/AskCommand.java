package io.querytrail.cli;

import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks one question. */
@Command(
    name = "ask",
    mixinStandardHelpOptions = true,
    description =
        "Ask one question; with --wait, print the verdict. Exit code 3 says it was rejected.")
final class AskCommand implements Callable<Integer> {
  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(paramLabel = "QUESTION", description = "The question in plain language.")
  String question = "";

  @Option(names = "--account", required = true, paramLabel = "A", description = "Who pays.")
  String account = "";

  @Option(names = "--user", required = true, paramLabel = "U", description = "Who asks.")
  String user = "";

  @Option(names = "--team", paramLabel = "T", description = "Team of the user.")
  @Nullable String team;

  @Option(
      names = "--datasource",
      paramLabel = "D",
      description = "Which database; default: the account's first.")
  @Nullable String datasource;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description = "Wanted model tier: cheap or strong.")
  @Nullable String tier;

  @Option(names = "--id", paramLabel = "ID", description = "Request id; default: a new one.")
  @Nullable String id;

  @Option(names = "--wait", description = "Wait for the verdict and print it.")
  boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  int timeoutSeconds;

  @Option(
      names = "--dry-run",
      description =
          "Show the prompt, the model that would be asked and why, and what it can cost at most; asks no"
              + " model and sends nothing. Exit code 3 says that the question would be rejected.")
  boolean dryRun;

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "For --dry-run: the stream's price file, if it has one of its own.")
  @Nullable Path prices;

  @Option(names = "--json", description = "Print the verdict event as one line of JSON.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Connection found = connection.reachable();
    String requestId = id == null ? UUID.randomUUID().toString() : id;
    QueryRequested request =
        QueryRequested.newBuilder()
            .setRequestId(requestId)
            .setAccount(account)
            .setUser(user)
            .setTeam(team)
            .setDatasource(datasource)
            .setPreferredTier(tier)
            .setQuestion(question)
            .build();
    if (dryRun) {
      return new AskDryRun(found, prices, json).print(request);
    }
    try (TopicReader verdicts = new TopicReader(found.kafka())) {
      if (wait) {
        verdicts.atEnd(
            List.of(
                verdicts.partition(Topic.APPROVALS, account),
                verdicts.partition(Topic.REJECTIONS, account)));
      }
      send(found, request);
      if (!wait) {
        System.out.println(json ? Json.line(Json.object().put("requestId", requestId)) : requestId);
        return ExitCodes.OK;
      }
      Optional<SpecificRecord> verdict =
          verdicts.await(
              event -> requestId.equals(requestId(event)), Duration.ofSeconds(timeoutSeconds));
      return print(
          verdict.orElseThrow(() ->
              new CommandException(
                  ExitCodes.FAILED,
                  "no verdict on %s within %d s; look again with: querytrail show %s"
                      .formatted(requestId, timeoutSeconds, requestId))));
    }
  }

  private static void send(Connection connection, QueryRequested request)
      throws InterruptedException {
    try (RequestProducer producer =
        RequestProducer.open(connection.kafka().clientSettings(), "querytrail/cli")) {
      producer.ask(request).get();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCodes.USAGE, String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      throw new CommandException(ExitCodes.FAILED, "the request was not taken: " + e.getCause());
    }
  }

  private static @Nullable String requestId(SpecificRecord event) {
    return switch (event) {
      case QueryApproved approved -> approved.getRequestId();
      case QueryRejected rejected -> rejected.getRequestId();
      default -> null;
    };
  }

  private int print(SpecificRecord verdict) {
    if (json) {
      System.out.println(Json.line(Json.of(verdict)));
    } else {
      System.out.println(VerdictText.of(verdict));
    }
    return verdict instanceof QueryApproved ? ExitCodes.OK : ExitCodes.REJECTED;
  }
}
