package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.money.Money;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryGenerated;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Builds audit records step by step: the request, what it cost, what was generated. */
final class AuditRecords {
  private AuditRecords() {}

  static QueryAudited.Builder of(Request request, Instant decidedAt) {
    return QueryAudited.newBuilder()
        .setRequestId(request.id().value())
        .setAccount(request.account().value())
        .setUser(request.user())
        .setTeam(request.team().orElse(null))
        .setDatasource(request.datasource().orElse(null))
        .setQuestion(request.question())
        .setTags(request.tags())
        .setCost(Money.ZERO.amount())
        .setRequestedAt(request.requestedAt())
        .setRequestPartition(request.partition())
        .setRequestOffset(request.offset())
        .setDecidedAt(decidedAt)
        .setTraceId(request.traceId().orElse(null));
  }

  static QueryAudited.Builder settled(
      SettleResponse.Settled settled, List<ModelAttempt> attempts, Instant decidedAt) {
    Admission admission = settled.request().admission();
    QueryAudited.Builder audit =
        of(settled.request().request(), decidedAt)
            .setDatasource(admission.datasource())
            .setCost(settled.cost().amount())
            .setCurrency(admission.currency())
            .setPriceVersion(admission.priceVersion());
    if (!attempts.isEmpty()) {
      audit
          .setAttempts(OutboundMapper.priced(attempts, settled.charges(), false))
          .setProvider(attempts.getLast().getProvider())
          .setModel(attempts.getLast().getModel());
    }
    return audit;
  }

  static QueryAudited.Builder generated(QueryAudited.Builder audit, QueryGenerated generated) {
    return audit
        .setGeneratedSql(generated.getSql())
        .setProvider(generated.getProvider())
        .setModel(generated.getModel())
        .setPlan(generated.getPlan())
        .setCacheHit(generated.getCacheHit())
        .setDegraded(generated.getDegraded())
        .setRepairs(generated.getRepairs())
        .setSchemaFingerprint(generated.getSchemaFingerprint())
        .setPromptVersion(generated.getPromptVersion())
        .setQueueMillis(generated.getQueueMillis())
        .setSchemaMillis(generated.getSchemaMillis())
        .setModelMillis(generated.getModelMillis())
        .setExplainMillis(generated.getExplainMillis());
  }

  static void failed(QueryAudited.Builder audit, GenerationFailed failed) {
    audit
        .setSchemaFingerprint(failed.getSchemaFingerprint())
        .setPromptVersion(failed.getPromptVersion())
        .setQueueMillis(failed.getQueueMillis())
        .setSchemaMillis(failed.getSchemaMillis())
        .setModelMillis(failed.getModelMillis());
  }

  /** What of an audit record the chain seals. */
  static ChainContent sealed(QueryAudited.Builder audit) {
    return new ChainContent()
        .value("kind", "verdict")
        .value("sequence", audit.getChainSequence())
        .value("account", audit.getAccount())
        .value("request", audit.getRequestId())
        .value("user", audit.getUser())
        .value("team", Optional.ofNullable(audit.getTeam()))
        .value("datasource", Optional.ofNullable(audit.getDatasource()))
        .value("verdict", audit.getVerdict())
        .value("stage", Optional.ofNullable(audit.getStage()))
        .value("reason", Optional.ofNullable(audit.getReason()))
        .text("question", Optional.of(audit.getQuestion()))
        .text("generatedSql", Optional.ofNullable(audit.getGeneratedSql()))
        .text("approvedSql", Optional.ofNullable(audit.getApprovedSql()))
        .value("provider", Optional.ofNullable(audit.getProvider()))
        .value("model", Optional.ofNullable(audit.getModel()))
        .value("cost", new Money(audit.getCost()))
        .value("currency", Optional.ofNullable(audit.getCurrency()))
        .value("priceVersion", Optional.ofNullable(audit.getPriceVersion()))
        .value("policyVersion", Optional.ofNullable(audit.getPolicyVersion()))
        .value("requestedAt", audit.getRequestedAt());
  }
}
