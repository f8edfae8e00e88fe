package io.querytrail.cli;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.KafkaConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads and changes accounts' policies through their topic. A policy on the topic is only proposed:
 * whether it is in force is what the stream answered to it on the ledger topic, in the same trace.
 */
final class Accounts {
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(30);

  private final KafkaConfig kafka;

  Accounts(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  /**
   * A policy as it was written.
   *
   * @param trace of the record; empty where somebody else's producer gave it none
   */
  private record Proposed(AccountPolicy policy, Instant at, Optional<TraceParent> trace) {}

  /**
   * What the topic says of an account.
   *
   * @param inForce empty if there is none, or if it is no longer on the topic
   * @param pending what became of each newer policy, in words, the newest first
   */
  record Standing(Optional<AccountPolicy> inForce, List<String> pending) {}

  /** The policy that is in force, and what became of newer ones. */
  Standing standing(String account) {
    List<String> pending = new ArrayList<>();
    for (Proposed proposed : proposed(account).reversed()) {
      Optional<LedgerEvent> answer = answer(proposed);
      long version = proposed.policy().getVersion();
      if (answer.isEmpty()) {
        pending.add("policy %d of %s is not in force yet".formatted(version, account));
      } else if (answer.get().getKind() == LedgerEventKind.POLICY_REFUSED) {
        pending.add(
            "policy %d of %s was refused: %s"
                .formatted(version, account, answer.get().getReason()));
      } else {
        return new Standing(Optional.of(proposed.policy()), pending);
      }
    }
    return new Standing(Optional.empty(), pending);
  }

  private List<Proposed> proposed(String account) {
    List<Proposed> found = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.ACCOUNTS, account)))
          .readToEnd(record ->
              reader
                  .event(record)
                  .filter(AccountPolicy.class::isInstance)
                  .map(AccountPolicy.class::cast)
                  .filter(policy -> policy.getAccount().equals(account))
                  .ifPresent(policy ->
                      found.add(
                          new Proposed(
                              policy,
                              Instant.ofEpochMilli(record.timestamp()),
                              EventHeaders.trace(record.headers())))));
    }
    return found;
  }

  private Optional<LedgerEvent> answer(Proposed proposed) {
    String account = proposed.policy().getAccount();
    try (TopicReader ledger = new TopicReader(kafka)) {
      return ledger
          .at(List.of(ledger.partition(Topic.LEDGER, account)), proposed.at())
          .findToEnd(record ->
              answer(ledger, record, proposed.policy())
                  .filter(event -> proposed.trace().isEmpty() || isIn(proposed.trace(), record)));
    }
  }

  /**
   * Writes the policy as the next version and waits until the stream has put it in force.
   *
   * @return the version
   * @throws CommandException when the stream refuses it or does not answer
   */
  long apply(AccountFile file) throws InterruptedException {
    return apply(file.account(), file::event);
  }

  /** The same for any policy, given its version. */
  long apply(String account, LongFunction<AccountPolicy> policyOf) throws InterruptedException {
    List<Proposed> before = proposed(account);
    long version = before.isEmpty() ? 1 : before.getLast().policy().getVersion() + 1;
    AccountPolicy policy = policyOf.apply(version);
    TraceParent trace = TraceParent.start(new SecureRandom());
    try (TopicReader ledger = new TopicReader(kafka)) {
      ledger.atEnd(List.of(ledger.partition(Topic.LEDGER, account)));
      new EventWriter(kafka)
          .write(
              Topic.ACCOUNTS, account, policy, account + "/policy/" + version, trace, "the policy");
      // Somebody else's policy of the same version has an answer too, and not this one.
      LedgerEvent answer =
          ledger
              .awaitIn(
                  record ->
                      answer(ledger, record, policy)
                          .filter(event -> isIn(Optional.of(trace), record)),
                  ACKNOWLEDGED_WITHIN)
              .orElseThrow(() ->
                  new CommandException(
                      ExitCodes.FAILED,
                      "policy %d of %s was written but not put in force within %d s; is audit-stream running?"
                          .formatted(version, account, ACKNOWLEDGED_WITHIN.toSeconds())));
      if (answer.getKind() == LedgerEventKind.POLICY_REFUSED) {
        throw new CommandException(
            ExitCodes.REJECTED,
            "policy %d of %s was refused: %s".formatted(version, account, answer.getReason()));
      }
      return version;
    }
  }

  private static Optional<LedgerEvent> answer(
      TopicReader ledger, ConsumerRecord<byte[], byte[]> record, AccountPolicy policy) {
    return ledger
        .event(record)
        .filter(LedgerEvent.class::isInstance)
        .map(LedgerEvent.class::cast)
        .filter(event -> event.getAccount().equals(policy.getAccount()))
        .filter(event -> event.getPolicyVersion() == policy.getVersion())
        .filter(event ->
            event.getKind() == LedgerEventKind.POLICY_APPLIED
                || event.getKind() == LedgerEventKind.POLICY_REFUSED);
  }

  private static boolean isIn(Optional<TraceParent> trace, ConsumerRecord<byte[], byte[]> record) {
    return EventHeaders.trace(record.headers())
        .map(TraceParent::traceId)
        .equals(trace.map(TraceParent::traceId));
  }
}
