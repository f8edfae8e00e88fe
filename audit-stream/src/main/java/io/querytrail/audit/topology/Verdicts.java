package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.AdmitResponse;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Refusal;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.ledger.TextStorage;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.audit.state.KeyValueLedgerState.ChainHead;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.Verdict;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes the one verdict of a request, approval or rejection, together with its audit record.
 * Belongs to one task.
 */
final class Verdicts {
  private static final String UNSAFE_SQL = "UNSAFE_SQL";

  private final Output output;
  private final KeyValueLedgerState state;
  private final ChainKey chainKey;
  private final StoredTexts texts;
  private final TopologyMetrics metrics;

  Verdicts(
      Output output,
      KeyValueLedgerState state,
      ChainKey chainKey,
      StoredTexts texts,
      TopologyMetrics metrics) {
    this.texts = texts;
    this.output = output;
    this.state = state;
    this.chainKey = chainKey;
    this.metrics = metrics;
  }

  /** Admission said no. */
  void refused(AdmitResponse.Refused response, Instant at, TraceParent trace) {
    Request request = response.request();
    Refusal refusal = response.refusal();
    Long policyVersion =
        refusal.policyVersion().isPresent() ? refusal.policyVersion().getAsLong() : null;
    String currency = state.account(request.account()).policy().map(Policy::currency).orElse(null);
    QueryRejected rejected =
        QueryRejected.newBuilder()
            .setRequestId(request.id().value())
            .setAccount(request.account().value())
            .setUser(request.user())
            .setTeam(request.team().orElse(null))
            .setDatasource(request.datasource().orElse(null))
            .setQuestion(request.question())
            .setStage(RejectionStage.ADMISSION)
            .setReason(refusal.reason().name())
            .setMessage(refusal.message())
            .setReceipt(refusal.receipt().map(OutboundMapper::receipt).orElse(null))
            .setRetryAt(refusal.retryAt().orElse(null))
            .setCost(Money.ZERO.amount())
            .setCurrency(currency)
            .setPolicyVersion(policyVersion)
            .setRequestedAt(request.requestedAt())
            .build();
    QueryAudited.Builder audit =
        AuditRecords.of(request, at).setPolicyVersion(policyVersion).setCurrency(currency);
    reject(rejected, audit, at, trace);
  }

  /** The model wrote SQL and the safety check has judged it. */
  void judged(
      QueryGenerated generated,
      SettleResponse.Settled settled,
      Judgement judgement,
      long policyVersion,
      Duration safetyTime,
      Instant at,
      TraceParent trace) {
    QueryAudited.Builder audit =
        AuditRecords.generated(
                AuditRecords.settled(settled, generated.getAttempts(), at), generated)
            .setPolicyVersion(policyVersion)
            .setSafetyMicros(safetyTime.toNanos() / 1_000);
    switch (judgement) {
      case Judgement.Approved approved ->
          approve(generated, settled, approved, policyVersion, audit, at, trace);
      case Judgement.Rejected(List<Judgement.Violation> violations) ->
          reject(
              rejection(settled.request(), settled.admission(), settled.cost(), policyVersion)
                  .setStage(RejectionStage.SAFETY)
                  .setReason(UNSAFE_SQL)
                  .setMessage(summary(violations))
                  .setViolations(OutboundMapper.violations(violations))
                  .setGeneratedSql(generated.getSql())
                  .build(),
              audit,
              at,
              trace);
    }
  }

  private static String summary(List<Judgement.Violation> violations) {
    return violations.isEmpty()
        ? "the statement was rejected"
        : violations.getFirst().message()
            + (violations.size() == 1 ? "" : " (and %d more)".formatted(violations.size() - 1));
  }

  private void approve(
      QueryGenerated generated,
      SettleResponse.Settled settled,
      Judgement.Approved approved,
      long policyVersion,
      QueryAudited.Builder audit,
      Instant at,
      TraceParent trace) {
    Request request = settled.request();
    Admission admission = settled.admission();
    QueryApproved event =
        QueryApproved.newBuilder()
            .setRequestId(request.id().value())
            .setAccount(request.account().value())
            .setUser(request.user())
            .setTeam(request.team().orElse(null))
            .setDatasource(admission.datasource())
            .setQuestion(request.question())
            .setSql(approved.sql())
            .setExplanation(generated.getExplanation())
            .setWarnings(generated.getWarnings())
            .setSuggestedVisualization(generated.getSuggestedVisualization())
            .setRelations(approved.relations())
            .setColumns(approved.columns())
            .setRowCap(approved.rowCap())
            .setViolations(OutboundMapper.violations(approved.warnings()))
            .setPlan(generated.getPlan())
            .setProvider(generated.getProvider())
            .setModel(generated.getModel())
            .setCost(settled.cost().amount())
            .setCurrency(admission.currency())
            .setPriceVersion(admission.priceVersion())
            .setPolicyVersion(policyVersion)
            .setCacheHit(generated.getCacheHit())
            .setDegraded(generated.getDegraded())
            .setRequestedAt(request.requestedAt())
            .setStoredTexts(
                io.querytrail.events.TextStorage.valueOf(storage(request.account()).name()))
            .build();
    metrics.verdict("safety", "approved");
    output.write(
        Topic.APPROVALS,
        event.getAccount(),
        event,
        event.getAccount() + '/' + event.getRequestId() + "/verdict",
        event.getRequestId(),
        at,
        trace);
    audit(
        audit
            .setVerdict(Verdict.APPROVED)
            .setApprovedSql(approved.sql())
            .setRowCap(approved.rowCap())
            .setRelations(approved.relations())
            .setViolations(event.getViolations()),
        at,
        trace);
  }

  /** No usable answer was had. */
  void failed(
      GenerationFailed failed,
      SettleResponse.Settled settled,
      long policyVersion,
      Instant at,
      TraceParent trace) {
    QueryAudited.Builder audit =
        AuditRecords.settled(settled, failed.getAttempts(), at).setPolicyVersion(policyVersion);
    AuditRecords.failed(audit, failed);
    reject(
        rejection(settled.request(), settled.admission(), settled.cost(), policyVersion)
            .setStage(RejectionStage.GENERATION)
            .setReason(failed.getErrorType())
            .setMessage(failed.getMessage())
            .build(),
        audit,
        at,
        trace);
  }

  /** No report was had, and there will be no other try. */
  void ended(
      GivenUp why, ReleaseResponse.Ended ended, long policyVersion, Instant at, TraceParent trace) {
    reject(
        rejection(ended.request(), ended.admission(), ended.cost(), policyVersion)
            .setStage(RejectionStage.GENERATION)
            .setReason(why.name())
            .setMessage(ended.why().isEmpty() ? why.message() : why.message() + ": " + ended.why())
            .build(),
        AuditRecords.ended(ended, at).setPolicyVersion(policyVersion),
        at,
        trace);
  }

  private static QueryRejected.Builder rejection(
      Request request, Admission admission, Money cost, long policyVersion) {
    return QueryRejected.newBuilder()
        .setRequestId(request.id().value())
        .setAccount(request.account().value())
        .setUser(request.user())
        .setTeam(request.team().orElse(null))
        .setDatasource(admission.datasource())
        .setQuestion(request.question())
        .setCost(cost.amount())
        .setCurrency(admission.currency())
        .setPriceVersion(admission.priceVersion())
        .setPolicyVersion(policyVersion)
        .setRequestedAt(request.requestedAt());
  }

  private void reject(
      QueryRejected event, QueryAudited.Builder audit, Instant at, TraceParent trace) {
    metrics.verdict(event.getStage().name().toLowerCase(Locale.ROOT), event.getReason());
    output.write(
        Topic.REJECTIONS,
        event.getAccount(),
        event,
        event.getAccount() + '/' + event.getRequestId() + "/verdict",
        event.getRequestId(),
        at,
        trace);
    audit(
        audit
            .setVerdict(Verdict.REJECTED)
            .setStage(event.getStage())
            .setReason(event.getReason())
            .setMessage(event.getMessage())
            .setViolations(event.getViolations())
            .setReceipt(event.getReceipt()),
        at,
        trace);
  }

  /** A dispatch was reported after the verdict. */
  void corrected(
      List<ModelAttempt> attempts,
      SettleResponse.Corrected corrected,
      Instant at,
      TraceParent trace) {
    correct(
        corrected.request(),
        corrected.admission(),
        corrected.late() ? "LATE_ANSWER" : "SECOND_DISPATCH",
        OutboundMapper.priced(attempts, corrected.charges(), true),
        corrected.delta(),
        at,
        trace);
  }

  /** An admission that was still out after the verdict was given up. */
  void corrected(GivenUp why, ReleaseResponse.Corrected corrected, Instant at, TraceParent trace) {
    correct(
        corrected.request(),
        corrected.admission(),
        why.name(),
        OutboundMapper.paid(corrected.attempts(), at, true),
        corrected.delta(),
        at,
        trace);
  }

  private void correct(
      RequestState.Closed request,
      Admission admission,
      String reason,
      List<PricedAttempt> attempts,
      Money delta,
      Instant at,
      TraceParent trace) {
    ChainHead before = state.chain(request.account());
    QueryCorrected.Builder event =
        QueryCorrected.newBuilder()
            .setRequestId(request.id().value())
            .setAccount(request.account().value())
            .setUser(request.user())
            .setTeam(request.team().orElse(null))
            .setDatasource(admission.datasource())
            .setReason(reason)
            .setAttempts(attempts)
            .setDelta(delta.amount())
            .setCurrency(admission.currency())
            .setPriceVersion(admission.priceVersion())
            .setRequestedAt(request.requestedAt())
            .setCorrectedAt(at)
            .setChainSequence(before.sequence() + 1)
            .setChainKeyId(chainKey.id());
    event.setChainHash("");
    event.setChainHash(seal(request.account(), before, SealedContent.of(event.build())));
    write(request.account(), request.id().value(), event.build(), before.sequence() + 1, at, trace);
  }

  private void audit(QueryAudited.Builder audit, Instant at, TraceParent trace) {
    AccountId account = new AccountId(audit.getAccount());
    texts.apply(storage(account), audit);
    ChainHead before = state.chain(account);
    long sequence = before.sequence() + 1;
    audit.setChainSequence(sequence).setChainKeyId(chainKey.id()).setChainHash("");
    QueryAudited event = audit.build();
    event =
        QueryAudited.newBuilder(event)
            .setChainHash(seal(account, before, SealedContent.of(event)))
            .build();
    write(account, event.getRequestId(), event, sequence, at, trace);
  }

  private TextStorage storage(AccountId account) {
    return state.account(account).policy().map(Policy::storedTexts).orElse(TextStorage.CLEAR);
  }

  private String seal(AccountId account, ChainHead before, ChainContent content) {
    String hash = chainKey.seal(before.hash(), content);
    state.putChain(account, new ChainHead(before.sequence() + 1, hash));
    return hash;
  }

  private void write(
      AccountId account,
      String requestId,
      SpecificRecord event,
      long sequence,
      Instant at,
      TraceParent trace) {
    output.write(
        Topic.AUDIT, account.value(), event, account + "/audit/" + sequence, requestId, at, trace);
  }
}
