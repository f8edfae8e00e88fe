package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.report.RequestStories;
import io.querytrail.sink.report.RequestStory;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The whole story of one request. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Show all that is known of one request: question, money, model calls, verdict, runs.")
final class ShowCommand implements Callable<Integer> {
  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(paramLabel = "REQUEST-ID", description = "The request.")
  String requestId = "";

  @Option(
      names = "--account",
      paramLabel = "A",
      description = "Where several accounts used the same id.")
  @Nullable String account;

  @Option(names = "--json", description = "One JSON object a request.")
  boolean json;

  @Override
  public Integer call() throws SQLException {
    Connection found = connection.reachable();
    List<RequestStory> stories =
        new RequestStories(LogDatabase.open(found.log())).find(requestId, account);
    if (stories.isEmpty()) {
      throw new CommandException(
          ExitCodes.FAILED,
          "request " + requestId + " is not in the log; it may be in flight, or was never taken");
    }
    for (RequestStory story : stories) {
      List<LedgerEvent> ledger = ledger(found.kafka(), story.request());
      System.out.println(json ? json(story, ledger) : StoryText.of(story, ledger));
    }
    return ExitCodes.OK;
  }

  /**
   * Ledger events follow the request within its deadline, so a read from its time on finds them
   * all.
   */
  private static List<LedgerEvent> ledger(KafkaConfig kafka, RequestStory.LoggedRequest request) {
    List<LedgerEvent> events = new ArrayList<>();
    Instant from = request.createdAt();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .at(List.of(reader.partition(Topic.LEDGER, request.account())), from)
          .readToEnd(record ->
              reader
                  .event(record)
                  .filter(LedgerEvent.class::isInstance)
                  .map(LedgerEvent.class::cast)
                  .filter(event -> event.getAccount().equals(request.account()))
                  .filter(event -> request.requestId().equals(event.getRequestId()))
                  .ifPresent(events::add));
    }
    return events;
  }

  private static String json(RequestStory story, List<LedgerEvent> ledger) {
    ObjectNode node = Json.MAPPER.valueToTree(story);
    node.set("ledger", Json.MAPPER.valueToTree(ledger.stream().map(Json::of).toList()));
    return Json.line(node);
  }
}
