package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;

/**
 * The permission to spend, with everything that settling it later needs pinned.
 *
 * @param id identity of this authorisation
 * @param number 1 for the request's first admission
 * @param admittedAt append time of what led to it
 * @param sendCeiling the most that one send can cost, whichever candidate it goes to
 * @param held sendCeiling for each of maxSends
 * @param holds what each budget, in the period of the admission, holds for it
 * @param paced whether it counts in the windows of rate limits
 */
public record Admission(
    String id,
    int number,
    String datasource,
    List<Candidate> candidates,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Instant admittedAt,
    Instant deadline,
    Money sendCeiling,
    Money held,
    List<Hold> holds,
    String currency,
    String priceVersion,
    long policyVersion,
    boolean paced) {
  public Admission {
    candidates = List.copyOf(candidates);
    holds = List.copyOf(holds);
  }

  /** Whether that model, by {@code provider:model}, may be called. */
  boolean admits(String modelKey) {
    return candidates.stream().anyMatch(candidate -> candidate.key().equals(modelKey));
  }
}
