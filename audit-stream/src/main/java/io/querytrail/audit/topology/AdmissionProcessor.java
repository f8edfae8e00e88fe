package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AdmitResponse;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Request;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.RequestRules;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Decides whether a request may spend, before anything is spent. */
final class AdmissionProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** By how much the append times of the task's topics may step back. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final StreamDependencies dependencies;
  private ProcessorContext<byte[], byte[]> context;
  private TaskParts task;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  AdmissionProcessor(StreamDependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.task = TaskParts.of(context, dependencies);
    context.schedule(
        SWEEP,
        PunctuationType.STREAM_TIME,
        now -> task.ledger().state().forgetIdleWindows(Instant.ofEpochMilli(now).minus(SLACK)));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    task.inbound()
        .read(
            record,
            from,
            event ->
                event instanceof QueryRequested request
                    ? Optional.of(request.getAccount())
                    : Optional.empty())
        .ifPresent(event -> place((QueryRequested) event, record, from));
  }

  /** Money is safe only in the account's own partition, so a stray goes there first. */
  private void place(QueryRequested event, Record<byte[], byte[]> record, RecordMetadata from) {
    if (!RequestRules.isId(event.getRequestId())) {
      task.inbound()
          .deadLetter(
              record,
              from,
              "INVALID_REQUEST_ID",
              "the request id has %d characters or unusual ones; use 1 to 64 of A-Z a-z 0-9 . _ : -"
                  .formatted(event.getRequestId().length()));
    } else if (Partitions.of(event.getAccount(), dependencies.partitions()) != from.partition()) {
      reroute(record, from);
    } else {
      admit(event, record, from);
    }
  }

  private void reroute(Record<byte[], byte[]> record, RecordMetadata from) {
    if (from.topic().equals(Topic.REQUESTS_REROUTED.topicName())) {
      // Once must be enough; whoever it was that put it here, it shall not go round and round.
      task.inbound()
          .deadLetter(
              record,
              from,
              "WRONG_PARTITION",
              "the account does not belong in partition %d of %d"
                  .formatted(from.partition(), dependencies.partitions()));
    } else {
      task.metrics().rerouted();
      task.output().reroute(record);
    }
  }

  private void admit(QueryRequested event, Record<byte[], byte[]> record, RecordMetadata from) {
    Instant at = Instant.ofEpochMilli(record.timestamp());
    TraceParent trace = task.output().trace(record);
    List<String> defects = RequestRules.violations(event);
    Request request =
        InboundMapper.request(event, at, from.partition(), from.offset(), Optional.of(trace));
    AdmitResponse response =
        task.ledger()
            .decide(
                "admit",
                (ledger, view) -> ledger.decide(new LedgerCommand.Admit(request, defects), view),
                at,
                trace);
    switch (response) {
      case AdmitResponse.Admitted admitted -> {
        task.metrics().admission("admitted");
        task.output()
            .admit(
                request,
                admitted.admission(),
                admitted.datasource(),
                task.routing(request.account()),
                at,
                trace);
      }
      case AdmitResponse.Refused refused -> {
        task.metrics().admission(refused.refusal().reason().name());
        task.verdicts().refused(refused, at, trace);
      }
      case AdmitResponse.Repeated() -> task.metrics().admission("repeated");
      case AdmitResponse.Conflicting() -> {
        task.metrics().admission("conflicting");
        task.inbound()
            .deadLetter(
                record,
                from,
                "DUPLICATE_REQUEST_ID",
                "request %s of account %s was asked before with other content; use a new id"
                    .formatted(event.getRequestId(), event.getAccount()));
      }
    }
  }
}
