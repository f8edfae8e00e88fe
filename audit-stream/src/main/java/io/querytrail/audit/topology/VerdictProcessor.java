package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.QueryGenerated;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Pays for what a model did and says whether its SQL may be run. */
final class VerdictProcessor implements Processor<byte[], byte[], byte[], byte[]> {
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
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    task.inbound()
        .read(record, from, event -> Outcome.of(event).map(Outcome::account))
        .flatMap(Outcome::of)
        .ifPresent(outcome -> settle(outcome, record, from));
  }

  private void settle(Outcome outcome, Record<byte[], byte[]> record, RecordMetadata from) {
    Instant at = Instant.ofEpochMilli(record.timestamp());
    TraceParent trace = task.output().trace(record);
    AccountId account = new AccountId(outcome.account());
    RequestId request = new RequestId(outcome.requestId());
    Optional<RequestState> known = task.ledger().state().request(account, request);
    if (outcome instanceof Outcome.Interrupted
        && known.filter(RequestState.Closed.class::isInstance).isPresent()) {
      // Its generator was gone only after it had reported: there is nothing left to charge.
      task.metrics().repeatedGeneration();
      return;
    }
    List<ModelAttempt> attempts = attempts(outcome, known);
    Decision<SettleResponse> decision =
        task.ledger()
            .ledger()
            .decide(
                new LedgerCommand.Settle(
                    account,
                    request,
                    outcome.nonce(),
                    attempts.stream().map(InboundMapper::attempt).toList()),
                task.ledger().state());
    task.ledger().apply(decision.facts(), at, trace);
    switch (decision.response()) {
      case SettleResponse.Settled settled -> decideVerdict(outcome, attempts, settled, at, trace);
      case SettleResponse.Corrected corrected -> {
        task.metrics().correction();
        task.verdicts().corrected(attempts, corrected, at, trace);
      }
      case SettleResponse.Repeated() -> task.metrics().repeatedGeneration();
      case SettleResponse.Unknown() ->
          task.inbound()
              .deadLetter(
                  record,
                  from,
                  "UNKNOWN_REQUEST",
                  "account %s has no admitted request %s".formatted(account, request));
    }
  }

  /**
   * A generator that is gone reports no attempts: whatever it was allowed to send counts as sent.
   */
  private static List<ModelAttempt> attempts(Outcome outcome, Optional<RequestState> known) {
    return outcome instanceof Outcome.Interrupted
            && known.orElse(null) instanceof RequestState.Open open
        ? OutboundMapper.assumed(open.admission())
        : outcome.attempts();
  }

  private void decideVerdict(
      Outcome outcome,
      List<ModelAttempt> attempts,
      SettleResponse.Settled settled,
      Instant at,
      TraceParent trace) {
    switch (outcome) {
      case Outcome.Generated(QueryGenerated generated) -> {
        long start = dependencies.nanoTime().getAsLong();
        Judgement judgement = judge(generated, settled.request());
        Duration took = Duration.ofNanos(dependencies.nanoTime().getAsLong() - start);
        task.metrics().safetyCheck(took);
        task.verdicts()
            .judged(generated, settled, judgement, policyVersion(settled), took, at, trace);
      }
      case Outcome.Failed failed ->
          task.verdicts().failed(failed, attempts, settled, policyVersion(settled), at, trace);
      case Outcome.Interrupted interrupted ->
          task.verdicts().failed(interrupted, attempts, settled, policyVersion(settled), at, trace);
    }
  }

  private Judgement judge(QueryGenerated generated, RequestState.Open request) {
    Optional<DatasourceRule> datasource =
        task.ledger()
            .state()
            .account(request.account())
            .policy()
            .flatMap(policy -> policy.datasource(Optional.of(request.admission().datasource())));
    if (datasource.isEmpty()) {
      return new Judgement.Rejected(
          List.of(
              new Judgement.Violation(
                  "DATASOURCE_WITHDRAWN",
                  false,
                  "the policy no longer allows datasource " + request.admission().datasource(),
                  OptionalInt.empty())));
    }
    return dependencies.judges().get().judge(InboundMapper.generated(generated), datasource.get());
  }

  private long policyVersion(SettleResponse.Settled settled) {
    return task.ledger()
        .state()
        .account(settled.request().account())
        .policy()
        .map(policy -> policy.version())
        .orElse(settled.request().admission().policyVersion());
  }
}
