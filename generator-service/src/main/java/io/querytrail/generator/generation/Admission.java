package io.querytrail.generator.generation;

import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A spending authorisation: these models, in this order, at most so many sends of at most so many
 * tokens, until the deadline.
 *
 * @param candidates in the policy's order; never empty
 * @param preferredTier null where the request has none, or the policy does not honour it
 * @param routing how the account wants its questions routed
 * @param schemas that may be shown, in search order
 * @param guardRules what may be planned
 * @param admittedAt when the broker took it
 */
public record Admission(
    String requestId,
    String account,
    String admissionId,
    String datasource,
    Question question,
    List<Candidate> candidates,
    @Nullable String preferredTier,
    RoutingRules routing,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Instant deadline,
    List<String> schemas,
    int rowCap,
    GuardRules guardRules,
    Instant admittedAt) {
  public Admission {
    candidates = List.copyOf(candidates);
    schemas = List.copyOf(schemas);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("admission " + admissionId + " has no candidate model");
    }
  }
}
