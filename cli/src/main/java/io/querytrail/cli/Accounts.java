package io.querytrail.cli;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.KafkaConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Reads and changes accounts' policies through their topic. */
final class Accounts {
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(30);

  private final KafkaConfig kafka;

  Accounts(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  /** The newest policy of the account on the topic. */
  Optional<AccountPolicy> read(String account) {
    AtomicReference<Optional<AccountPolicy>> newest = new AtomicReference<>(Optional.empty());
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.ACCOUNTS, account)))
          .readToEnd(
              record ->
                  reader
                      .event(record)
                      .filter(AccountPolicy.class::isInstance)
                      .map(AccountPolicy.class::cast)
                      .filter(policy -> policy.getAccount().equals(account))
                      .ifPresent(policy -> newest.set(Optional.of(policy))));
    }
    return newest.get();
  }

  /**
   * Writes the policy as the next version and waits until the stream has put it in force.
   *
   * @return the version
   * @throws CommandException when the stream refuses it or does not answer
   */
  long apply(AccountFile file) throws InterruptedException {
    String account = file.account();
    long version = read(account).map(AccountPolicy::getVersion).orElse(0L) + 1;
    try (TopicReader ledger = new TopicReader(kafka)) {
      ledger.atEnd(List.of(ledger.partition(Topic.LEDGER, account)));
      write(file.event(version));
      Optional<SpecificRecord> answer =
          ledger.await(event -> answers(event, account, version), ACKNOWLEDGED_WITHIN);
      if (answer.isEmpty()) {
        throw new CommandException(
            ExitCodes.FAILED,
            "policy %d of %s was written but not put in force within %d s; is audit-stream running?"
                .formatted(version, account, ACKNOWLEDGED_WITHIN.toSeconds()));
      }
      LedgerEvent event = (LedgerEvent) answer.get();
      if (event.getKind() == LedgerEventKind.POLICY_REFUSED) {
        throw new CommandException(
            ExitCodes.REJECTED,
            "policy %d of %s was refused: %s".formatted(version, account, event.getReason()));
      }
      return version;
    }
  }

  private static boolean answers(SpecificRecord event, String account, long version) {
    return event instanceof LedgerEvent ledger
        && ledger.getAccount().equals(account)
        && ledger.getPolicyVersion() == version
        && (ledger.getKind() == LedgerEventKind.POLICY_APPLIED
            || ledger.getKind() == LedgerEventKind.POLICY_REFUSED);
  }

  private void write(AccountPolicy policy) throws InterruptedException {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("acks", "all");
    EventSerializer events = new EventSerializer();
    events.configure(settings, false);
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(settings, new StringSerializer(), events)) {
      producer
          .send(
              new ProducerRecord<>(
                  Topic.ACCOUNTS.topicName(),
                  null,
                  policy.getAccount(),
                  policy,
                  EventHeaders.of(
                      policy,
                      policy.getAccount() + "/policy/" + policy.getVersion(),
                      "querytrail/cli",
                      policy.getAccount(),
                      Instant.now(),
                      TraceParent.start(new SecureRandom()))))
          .get();
    } catch (ExecutionException e) {
      throw new CommandException(ExitCodes.FAILED, "the policy was not taken: " + e.getCause());
    }
  }
}
