package io.querytrail.generator.kafka;

import io.querytrail.events.AttemptPurpose;
import io.querytrail.events.ColumnShown;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PlanEstimate;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.RelationShown;
import io.querytrail.events.RequesterContext;
import io.querytrail.events.RoutingPolicy;
import io.querytrail.events.TokenUsage;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Usage;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.VisibleSchemas;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Between the events of the wire and what this service works with. */
final class EventMapper {
  private EventMapper() {}

  static Admission admission(QueryAdmitted event, Instant admittedAt) {
    return new Admission(
        event.getRequestId(),
        event.getAccount(),
        event.getAdmissionId(),
        event.getDatasource(),
        question(event.getQuestion(), event.getContext()),
        event.getCandidates().stream()
            .map(candidate ->
                new Candidate(
                    new ModelName(candidate.getProvider(), candidate.getModel()),
                    candidate.getTier()))
            .toList(),
        honoursTier(event) ? event.getPreferredTier() : null,
        routing(event.getRouting()),
        event.getMaxInputTokens(),
        event.getMaxOutputTokens(),
        event.getMaxSends(),
        event.getDeadline(),
        event.getSchemas(),
        event.getRowCap(),
        guardRules(event),
        admittedAt);
  }

  private static boolean honoursTier(QueryAdmitted event) {
    return event.getRouting() == null || event.getRouting().getHonourPreferredTier();
  }

  private static RoutingRules routing(@Nullable RoutingPolicy policy) {
    if (policy == null) {
      return RoutingRules.DEFAULTS;
    }
    return new RoutingRules(
        switch (policy.getMode()) {
          // A way of routing that is not known here yet: the question never misleads by much.
          case QUESTION, UNKNOWN -> RoutingRules.Mode.QUESTION;
          case ORDER -> RoutingRules.Mode.ORDER;
          case CHEAP -> RoutingRules.Mode.CHEAP;
          case STRONG -> RoutingRules.Mode.STRONG;
        },
        policy.getStrongWords() == null
            ? RoutingRules.DEFAULT_STRONG_WORDS
            : policy.getStrongWords(),
        policy.getCheapWords() == null ? RoutingRules.DEFAULT_CHEAP_WORDS : policy.getCheapWords());
  }

  /** Schemas of the system are never shown, so that nothing may read them either. */
  private static GuardRules guardRules(QueryAdmitted event) {
    Set<String> visible = VisibleSchemas.of(event.getSchemas());
    return new GuardRules(
        event.getSchemas().stream().filter(visible::contains).toList(),
        event.getRowCap(),
        Set.copyOf(event.getExtraFunctions()),
        event.getRuleSeverities());
  }

  private static Question question(String text, @Nullable RequesterContext context) {
    return context == null
        ? new Question(text, null, null, null, Map.of())
        : new Question(
            text,
            context.getRole(),
            context.getLocale(),
            context.getTimeZone(),
            context.getTerms());
  }

  static SpecificRecord event(Generation generation) {
    return switch (generation) {
      case Generation.Generated generated -> generated(generated);
      case Generation.Failed failed -> failed(failed);
    };
  }

  /** The report of an admission whose dispatch, if there was one, came to no known end. */
  static GenerationInterrupted interrupted(Admission admission) {
    return GenerationInterrupted.newBuilder()
        .setRequestId(admission.requestId())
        .setAccount(admission.account())
        .setAdmissionId(admission.admissionId())
        .setReason("reassigned")
        .build();
  }

  private static QueryGenerated generated(Generation.Generated generated) {
    return QueryGenerated.newBuilder()
        .setRequestId(generated.admission().requestId())
        .setAccount(generated.admission().account())
        .setAdmissionId(generated.admission().admissionId())
        .setDispatchNonce(generated.nonce())
        .setSql(generated.answer().sql())
        .setExplanation(generated.answer().explanation())
        .setWarnings(generated.answer().warnings())
        .setSuggestedVisualization(generated.answer().visualization())
        .setProvider(generated.model().provider())
        .setModel(generated.model().model())
        .setAttempts(attempts(generated.attempts()))
        .setRelations(generated.shown().stream().map(EventMapper::shown).toList())
        .setSchemaFingerprint(generated.schemaFingerprint())
        .setPromptVersion(generated.promptVersion())
        .setPlan(generated.plan() == null ? null : plan(generated.plan()))
        .setPlanError(generated.planError())
        .setRepairs(generated.repairs())
        .setCacheHit(generated.reuse() != null)
        .setCacheTier(generated.reuse() == null ? null : generated.reuse().tier())
        .setCacheAgeMillis(
            generated.reuse() == null ? null : Long.valueOf(generated.reuse().age().toMillis()))
        .setRoutingReason(generated.routingReason())
        .setExplainMillis(generated.timing().explain().toMillis())
        .setDegraded(generated.degradedReason() != null)
        .setDegradedReason(generated.degradedReason())
        .setQueueMillis(generated.timing().queue().toMillis())
        .setSchemaMillis(generated.timing().schema().toMillis())
        .setModelMillis(generated.timing().model().toMillis())
        .build();
  }

  private static GenerationFailed failed(Generation.Failed failed) {
    return GenerationFailed.newBuilder()
        .setRequestId(failed.admission().requestId())
        .setAccount(failed.admission().account())
        .setAdmissionId(failed.admission().admissionId())
        .setDispatchNonce(failed.nonce())
        .setErrorType(failed.error().code())
        .setMessage(failed.message())
        .setSql(failed.sql())
        .setExplainMillis(failed.timing().explain().toMillis())
        .setAttempts(attempts(failed.attempts()))
        .setSchemaFingerprint(failed.schemaFingerprint())
        .setPromptVersion(failed.promptVersion())
        .setQueueMillis(failed.timing().queue().toMillis())
        .setSchemaMillis(failed.timing().schema().toMillis())
        .setModelMillis(failed.timing().model().toMillis())
        .build();
  }

  private static PlanEstimate plan(Planning.Planned plan) {
    return new PlanEstimate(plan.totalCost(), plan.rows());
  }

  static List<ModelAttempt> attempts(List<Attempt> attempts) {
    List<ModelAttempt> events = new ArrayList<>(attempts.size());
    for (Attempt attempt : attempts) {
      events.add(
          ModelAttempt.newBuilder()
              .setNumber(events.size() + 1)
              .setProvider(attempt.model().provider())
              .setModel(attempt.model().model())
              .setResponseModel(attempt.responseModel())
              .setPurpose(
                  switch (attempt.purpose()) {
                    case GENERATE -> AttemptPurpose.GENERATE;
                    case REPAIR -> AttemptPurpose.REPAIR;
                  })
              .setSent(attempt.sent())
              .setStartedAt(attempt.startedAt())
              .setLatencyMillis(attempt.latency().toMillis())
              .setErrorType(attempt.error() == null ? null : attempt.error().code())
              .setHttpStatus(attempt.httpStatus())
              .setUsage(attempt.usage() == null ? null : usage(attempt.usage()))
              .build());
    }
    return events;
  }

  private static TokenUsage usage(Usage usage) {
    return TokenUsage.newBuilder()
        .setInputTokens(usage.input())
        .setCachedInputTokens(usage.cachedInput())
        .setCacheWriteTokens(usage.cacheWrite())
        .setOutputTokens(usage.output())
        .setReasoningTokens(usage.reasoning())
        .build();
  }

  private static RelationShown shown(Relation relation) {
    return RelationShown.newBuilder()
        .setSchemaName(relation.name().schema())
        .setName(relation.name().name())
        .setColumns(
            relation.columns().stream()
                .map(column -> new ColumnShown(column.name(), column.type()))
                .toList())
        .build();
  }
}
