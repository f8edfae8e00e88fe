package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.events.AccountPolicy;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Puts policies in force, in the order of the account's own log. */
final class PolicyProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final StreamDependencies dependencies;
  private ProcessorContext<byte[], byte[]> context;
  private TaskParts task;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  PolicyProcessor(StreamDependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.task = TaskParts.of(context, dependencies);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    task.inbound()
        .read(
            record,
            from,
            event ->
                event instanceof AccountPolicy policy
                    ? Optional.of(policy.getAccount())
                    : Optional.empty())
        .ifPresent(event -> change((AccountPolicy) event, record));
  }

  private void change(AccountPolicy event, Record<byte[], byte[]> record) {
    KeyValueLedgerState state = task.ledger().state();
    Decision<Boolean> decision;
    try {
      Policy policy = InboundMapper.policy(event);
      policy.datasources().forEach(dependencies.judges().get()::check);
      decision =
          task.ledger()
              .ledger()
              .decide(
                  new LedgerCommand.ChangePolicy(policy, Instant.ofEpochMilli(record.timestamp())),
                  state);
      if (decision.response()) {
        state.putPolicy(policy, record.value());
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      decision =
          task.ledger()
              .ledger()
              .refusePolicy(
                  new AccountId(event.getAccount()),
                  event.getVersion(),
                  String.valueOf(e.getMessage()),
                  state);
    }
    task.metrics().policy(decision.response());
    task.ledger()
        .apply(
            decision.facts(),
            event,
            Instant.ofEpochMilli(record.timestamp()),
            task.output().trace(record));
  }
}
