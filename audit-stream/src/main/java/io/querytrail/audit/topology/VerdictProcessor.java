package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Pays for what a model did and says whether its SQL may be run. */
final class VerdictProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Instant FOREVER = Instant.parse("9999-12-31T00:00:00Z");

  private final StreamDependencies dependencies;
  private ProcessorContext<byte[], byte[]> context;
  private TaskParts task;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  VerdictProcessor(StreamDependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.task = TaskParts.of(context, dependencies);
    dependencies
        .gauges()
        .opened(context.taskId(), task.ledger().state().due(FOREVER, Integer.MAX_VALUE));
    int partition = context.taskId().partition();
    context.schedule(
        Expiry.INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        new Expiry(
            task, () -> dependencies.generationsRead().through(partition), dependencies.random()));
  }

  @Override
  public void close() {
    dependencies.gauges().closed(context.taskId());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    Instant at = Instant.ofEpochMilli(record.timestamp());
    TraceParent trace = task.output().trace(record);
    Optional<SpecificRecord> event = task.inbound().read(record, from, VerdictProcessor::account);
    if (event.isEmpty()) {
      return;
    }
    if (event.get() instanceof GenerationInterrupted interrupted) {
      if (!release(interrupted, at, trace)) {
        unknown(record, from, interrupted.getAccount(), interrupted.getRequestId());
      }
      return;
    }
    Outcome outcome = Outcome.of(event.get()).orElseThrow();
    if (!settle(outcome, at, trace)) {
      unknown(record, from, outcome.account(), outcome.requestId());
    }
  }

  private void unknown(
      Record<byte[], byte[]> record, RecordMetadata from, String account, String request) {
    task.inbound()
        .deadLetter(
            record,
            from,
            "UNKNOWN_REQUEST",
            "account %s has no admitted request %s, or no such admission of it"
                .formatted(account, request));
  }

  private static Optional<String> account(SpecificRecord event) {
    return event instanceof GenerationInterrupted interrupted
        ? Optional.of(interrupted.getAccount())
        : Outcome.of(event).map(Outcome::account);
  }

  private boolean settle(Outcome outcome, Instant at, TraceParent trace) {
    LedgerCommand.Settle command =
        new LedgerCommand.Settle(
            new AccountId(outcome.account()),
            new RequestId(outcome.requestId()),
            outcome.admission(),
            outcome.nonce(),
            outcome.attempts().stream().map(InboundMapper::attempt).toList(),
            outcome instanceof Outcome.Generated);
    SettleResponse response =
        task.ledger().decide("settle", (ledger, view) -> ledger.decide(command, view), at, trace);
    switch (response) {
      case SettleResponse.Settled settled -> decideVerdict(outcome, settled, at, trace);
      case SettleResponse.Corrected corrected -> {
        task.metrics().correction();
        task.verdicts().corrected(outcome.attempts(), corrected, at, trace);
      }
      case SettleResponse.Noted() -> task.metrics().correction();
      case SettleResponse.Repeated() -> task.metrics().repeatedGeneration();
      case SettleResponse.Unknown() -> {
        return false;
      }
    }
    return true;
  }

  private boolean release(GenerationInterrupted event, Instant at, TraceParent trace) {
    AccountId account = new AccountId(event.getAccount());
    LedgerCommand.Interrupt command =
        new LedgerCommand.Interrupt(
            account, new RequestId(event.getRequestId()), event.getAdmissionId(), at);
    ReleaseResponse response =
        task.ledger()
            .decide("interrupt", (ledger, view) -> ledger.decide(command, view), at, trace);
    return new Releases(task).write(response, account, GivenUp.INTERRUPTED, at, trace);
  }

  private void decideVerdict(
      Outcome outcome, SettleResponse.Settled settled, Instant at, TraceParent trace) {
    long policyVersion = policyVersion(settled.request().account(), settled.admission());
    switch (outcome) {
      case Outcome.Generated(QueryGenerated generated) -> {
        long start = dependencies.nanoTime().getAsLong();
        Judgement judgement = judge(generated, settled);
        Duration took = Duration.ofNanos(dependencies.nanoTime().getAsLong() - start);
        task.metrics().safetyCheck(took);
        task.verdicts().judged(generated, settled, judgement, policyVersion, took, at, trace);
      }
      case Outcome.Failed(var failed) ->
          task.verdicts().failed(failed, settled, policyVersion, at, trace);
    }
  }

  private Judgement judge(QueryGenerated generated, SettleResponse.Settled settled) {
    String name = settled.admission().datasource();
    Optional<DatasourceRule> datasource =
        policy(settled.request().account()).flatMap(policy -> policy.datasource(Optional.of(name)));
    if (datasource.isEmpty()) {
      return new Judgement.Rejected(
          List.of(
              new Judgement.Violation(
                  "DATASOURCE_WITHDRAWN",
                  false,
                  "the policy no longer allows datasource " + name,
                  OptionalInt.empty())));
    }
    return dependencies.judges().get().judge(InboundMapper.generated(generated), datasource.get());
  }

  private long policyVersion(AccountId account, Admission admission) {
    return policy(account).map(Policy::version).orElse(admission.policyVersion());
  }

  private Optional<Policy> policy(AccountId account) {
    return task.ledger().state().account(account).policy();
  }
}
