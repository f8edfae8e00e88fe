package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.OrderResponse;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.audit.state.StoreSweep;
import io.querytrail.events.AdjustBudget;
import io.querytrail.events.CancelRequest;
import io.querytrail.events.ResetBudget;
import io.querytrail.schemas.RequestRules;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Does what people order, in the account's own order, and answers on the ledger topic. Of the
 * task's processors it is the one that keeps the store small.
 */
final class CommandProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);

  private final StreamDependencies dependencies;
  private ProcessorContext<byte[], byte[]> context;
  private TaskParts task;
  private StoreGauges gauges;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  CommandProcessor(StreamDependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.task = TaskParts.of(context, dependencies);
    this.gauges = new StoreGauges(dependencies.metrics(), context.taskId().toString());
    StoreSweep sweep = task.sweep();
    // By the log's clock: the same history is swept in the same way.
    context.schedule(
        SWEEP_EVERY,
        PunctuationType.STREAM_TIME,
        now -> gauges.show(sweep.step(Instant.ofEpochMilli(now))));
  }

  @Override
  public void close() {
    gauges.close();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    Instant at = Instant.ofEpochMilli(record.timestamp());
    task.inbound()
        .read(
            record,
            from,
            event -> CommandMapper.order(event, at).map(order -> order.account().value()))
        .ifPresent(
            event -> obey(event, CommandMapper.order(event, at).orElseThrow(), record, from));
  }

  private void obey(
      SpecificRecord event, Order order, Record<byte[], byte[]> record, RecordMetadata from) {
    if (!RequestRules.isId(order.id())) {
      task.inbound()
          .deadLetter(
              record,
              from,
              "INVALID_COMMAND_ID",
              "the command id has %d characters or unusual ones; use 1 to 64 of A-Z a-z 0-9 . _ : -"
                  .formatted(order.id().length()));
      return;
    }
    TraceParent trace = task.output().trace(record);
    Decision<OrderResponse> decision = decide(event, order);
    task.ledger().apply(decision.facts(), order.at(), trace);
    String kind = event.getSchema().getName();
    switch (decision.response()) {
      case OrderResponse.Adjusted adjusted -> {
        task.metrics().command(kind, "done");
        task.postings().write(adjusted.fact(), trace);
      }
      case OrderResponse.Cancelled(ReleaseResponse.Ended ended) -> {
        task.metrics().command(kind, "done");
        task.verdicts().ended(GivenUp.CANCELLED, ended, policyVersion(ended), order.at(), trace);
      }
      case OrderResponse.Refused ignored -> task.metrics().command(kind, "refused");
      case OrderResponse.Repeated() -> task.metrics().command(kind, "repeated");
    }
  }

  private long policyVersion(ReleaseResponse.Ended ended) {
    return task.ledger()
        .state()
        .account(ended.request().account())
        .policy()
        .map(Policy::version)
        .orElse(ended.admission().policyVersion());
  }

  private Decision<OrderResponse> decide(SpecificRecord event, Order order) {
    BudgetLedger ledger = task.ledger().ledger();
    KeyValueLedgerState state = task.ledger().state();
    if (order.reason().isBlank() || order.by().isBlank()) {
      return ledger.refuse(
          order, "a reason and a name are needed; the audit chain keeps them", state);
    }
    try {
      return switch (event) {
        case AdjustBudget adjust -> ledger.decide(CommandMapper.adjust(adjust, order), state);
        case ResetBudget reset -> ledger.decide(CommandMapper.reset(reset, order), state);
        case CancelRequest cancel ->
            ledger.decide(
                new LedgerCommand.Cancel(order, new RequestId(cancel.getRequestId())), state);
        default -> throw new IllegalStateException("no command: " + event.getSchema().getName());
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      return ledger.refuse(order, String.valueOf(e.getMessage()), state);
    }
  }
}
