package io.querytrail.generator.generation;

import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.Question;
import java.time.Instant;
import java.util.List;

/**
 * A spending authorisation: these models, in this order, at most so many sends of at most so many
 * tokens, until the deadline.
 *
 * @param candidates in the order of preference; never empty
 * @param schemas that may be shown, in search order
 * @param admittedAt when the broker took it
 */
public record Admission(
    String requestId,
    String account,
    String admissionId,
    String datasource,
    Question question,
    List<ModelName> candidates,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Instant deadline,
    List<String> schemas,
    int rowCap,
    Instant admittedAt) {
  public Admission {
    candidates = List.copyOf(candidates);
    schemas = List.copyOf(schemas);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("admission " + admissionId + " has no candidate model");
    }
  }
}
