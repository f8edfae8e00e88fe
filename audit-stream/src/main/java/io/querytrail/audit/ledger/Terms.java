package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.List;

/** What a hold is computed from, so that anyone can compute it again. */
public record Terms(
    List<PricedCandidate> candidates,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Instant deadline) {
  public Terms {
    candidates = List.copyOf(candidates);
  }

  static Terms of(Policy policy, List<PricedCandidate> candidates, Instant deadline) {
    return new Terms(
        candidates, policy.maxInputTokens(), policy.maxOutputTokens(), policy.maxSends(), deadline);
  }

  static Terms of(Admission admission, List<PricedCandidate> candidates) {
    return new Terms(
        candidates,
        admission.maxInputTokens(),
        admission.maxOutputTokens(),
        admission.maxSends(),
        admission.deadline());
  }
}
