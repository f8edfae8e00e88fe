package io.querytrail.sink.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.events.BudgetReceipt;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.TokenUsage;
import io.querytrail.sink.log.Attempt;
import io.querytrail.sink.log.Attempts;
import io.querytrail.sink.log.StorableText;
import io.querytrail.sink.log.Tokens;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts that several events share. */
final class EventParts {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private EventParts() {}

  static Attempts attempts(List<PricedAttempt> priced) {
    return new Attempts(priced.stream().map(EventParts::attempt).toList());
  }

  private static Attempt attempt(PricedAttempt priced) {
    ModelAttempt attempt = priced.getAttempt();
    return new Attempt(
        attempt.getNumber(),
        attempt.getProvider(),
        attempt.getModel(),
        attempt.getResponseModel(),
        attempt.getPurpose().name(),
        attempt.getSent(),
        attempt.getStartedAt(),
        attempt.getLatencyMillis(),
        attempt.getErrorType(),
        attempt.getHttpStatus(),
        tokens(attempt.getUsage()),
        priced.getCost(),
        priced.getEstimated());
  }

  private static Tokens tokens(@Nullable TokenUsage usage) {
    return usage == null
        ? Tokens.UNKNOWN
        : new Tokens(
            storable(usage.getInputTokens()),
            storable(usage.getCachedInputTokens()),
            storable(usage.getCacheWriteTokens()),
            storable(usage.getOutputTokens()),
            storable(usage.getReasoningTokens()));
  }

  /** A count that no call can have is cut to what a column holds. */
  private static @Nullable Long storable(@Nullable Long count) {
    return count == null ? null : Long.valueOf(Math.min(count, Integer.MAX_VALUE));
  }

  static @Nullable String relations(List<String> relations) {
    if (relations.isEmpty()) {
      return null;
    }
    ArrayNode json = JSON.createArrayNode();
    relations.forEach(relation -> json.add(StorableText.of(relation)));
    return text(json);
  }

  static @Nullable String violations(List<RuleViolation> violations) {
    if (violations.isEmpty()) {
      return null;
    }
    ArrayNode json = JSON.createArrayNode();
    for (RuleViolation violation : violations) {
      ObjectNode one =
          json.addObject()
              .put("rule", StorableText.of(violation.getRule()))
              .put("severity", violation.getSeverity().name())
              .put("message", StorableText.of(violation.getMessage()));
      if (violation.getPosition() != null) {
        one.put("position", violation.getPosition());
      }
    }
    return text(json);
  }

  static @Nullable String receipt(@Nullable BudgetReceipt receipt) {
    if (receipt == null) {
      return null;
    }
    ObjectNode json =
        JSON.createObjectNode()
            .put("scope", receipt.getScope().name())
            .put("scopeKey", StorableText.of(receipt.getScopeKey()))
            .put("period", receipt.getPeriod().name())
            .put("periodName", StorableText.of(receipt.getPeriodName()))
            .put("currency", StorableText.of(receipt.getCurrency()))
            .put("limit", receipt.getLimit())
            .put("settled", receipt.getSettled())
            .put("held", receipt.getHeld())
            .put("asked", receipt.getAsked())
            .put("policyVersion", receipt.getPolicyVersion());
    if (receipt.getPeriodEnd() != null) {
      json.put("periodEnd", receipt.getPeriodEnd().toString());
    }
    return text(json);
  }

  static @Nullable String tags(Map<String, String> tags) {
    if (tags.isEmpty()) {
      return null;
    }
    ObjectNode json = JSON.createObjectNode();
    tags.forEach(
        (name, value) -> json.put(String.valueOf(StorableText.of(name)), StorableText.of(value)));
    return text(json);
  }

  private static String text(JsonNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values has no text", e);
    }
  }
}
