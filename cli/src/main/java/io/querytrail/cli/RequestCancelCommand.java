package io.querytrail.cli;

import io.querytrail.events.CancelRequest;
import io.querytrail.events.LedgerEvent;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a request that waits for its answer. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = {
      "End a request that waits for its answer; its verdict is a rejection with the reason CANCELLED.",
      "A model may have been called for it already, so what was held is charged until the generator reports what was used.",
      "Exit code 3 says that it was refused, such as for a request that has its verdict."
    })
final class RequestCancelCommand implements Callable<Integer> {
  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(paramLabel = "ID", description = "The request.")
  String request = "";

  @Option(names = "--account", required = true, paramLabel = "A", description = "Its account.")
  String account = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it stands in the verdict.")
  String reason = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who orders it; by default the name of the user who runs the command.")
  String by = System.getProperty("user.name", "");

  @Option(names = "--json", description = "Print the ledger event as JSON.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    String id = UUID.randomUUID().toString();
    CancelRequest command =
        CancelRequest.newBuilder()
            .setCommandId(id)
            .setAccount(account)
            .setRequestId(request)
            .setReason(reason)
            .setRequestedBy(by)
            .build();
    LedgerEvent answer = new Orders(connection.reachable().kafka()).give(command, account, id);
    System.out.println(
        json
            ? Json.line(Json.of(answer))
            : "%s is cancelled; %s %s are charged until its generator reports"
                .formatted(
                    request,
                    answer.getAmount().stripTrailingZeros().toPlainString(),
                    answer.getCurrency()));
    return ExitCodes.OK;
  }
}
