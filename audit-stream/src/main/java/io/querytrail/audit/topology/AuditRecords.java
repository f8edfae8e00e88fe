package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.money.Money;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryGenerated;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
    List<PricedAttempt> all =
        new ArrayList<>(OutboundMapper.paid(settled.earlier(), decidedAt, false));
    all.addAll(OutboundMapper.priced(attempts, settled.charges(), false));
    return paid(settled.request(), settled.admission(), all, settled.cost(), decidedAt);
  }

  static QueryAudited.Builder ended(ReleaseResponse.Ended ended, Instant decidedAt) {
    return paid(
        ended.request(),
        ended.admission(),
        OutboundMapper.paid(ended.attempts(), decidedAt, false),
        ended.cost(),
        decidedAt);
  }

  private static QueryAudited.Builder paid(
      Request request,
      Admission admission,
      List<PricedAttempt> attempts,
      Money cost,
      Instant decidedAt) {
    QueryAudited.Builder audit =
        of(request, decidedAt)
            .setDatasource(admission.datasource())
            .setCost(cost.amount())
            .setCurrency(admission.currency())
            .setPriceVersion(admission.priceVersion())
            .setAttempts(attempts);
    if (!attempts.isEmpty()) {
      ModelAttempt last = attempts.getLast().getAttempt();
      audit.setProvider(last.getProvider()).setModel(last.getModel());
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
        .setCacheTier(generated.getCacheTier())
        .setCacheAgeMillis(generated.getCacheAgeMillis())
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
        .setModelMillis(failed.getModelMillis())
        .setGeneratedSql(failed.getSql())
        .setExplainMillis(failed.getExplainMillis());
  }
}
