package io.querytrail.cli;

import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.KafkaConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Sends people's commands and waits for what the stream answers on the ledger topic. */
final class Orders {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

  private final KafkaConfig kafka;

  Orders(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  /**
   * The ledger event that the command led to.
   *
   * @throws CommandException when the stream refuses it or does not answer
   */
  LedgerEvent give(SpecificRecord command, String account, String id) throws InterruptedException {
    try (TopicReader ledger = new TopicReader(kafka)) {
      ledger.atEnd(List.of(ledger.partition(Topic.LEDGER, account)));
      new EventWriter(kafka)
          .write(
              Topic.COMMANDS,
              account,
              command,
              account + "/command/" + id,
              TraceParent.start(new SecureRandom()),
              "the command");
      LedgerEvent answer =
          ledger
              .await(event -> isAnswer(event, account, id), ANSWERED_WITHIN)
              .map(LedgerEvent.class::cast)
              .orElseThrow(() ->
                  new CommandException(
                      ExitCodes.FAILED,
                      "command %s was written but not answered within %d s; is audit-stream running?"
                          .formatted(id, ANSWERED_WITHIN.toSeconds())));
      if (answer.getKind() == LedgerEventKind.COMMAND_REFUSED) {
        throw new CommandException(ExitCodes.REJECTED, "refused: " + answer.getReason());
      }
      return answer;
    }
  }

  private static boolean isAnswer(SpecificRecord event, String account, String id) {
    return event instanceof LedgerEvent answer
        && answer.getAccount().equals(account)
        && id.equals(answer.getCommandId());
  }
}
