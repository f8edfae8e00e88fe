package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a request was not admitted.
 *
 * @param message for people
 * @param receipt set when a budget refused
 * @param terms what the hold was computed from; set when it came to that
 * @param retryAt when there is room again, where that can be told
 */
public record Refusal(
    Reason reason,
    String message,
    Optional<Receipt> receipt,
    Optional<Terms> terms,
    Optional<Instant> retryAt,
    OptionalLong policyVersion) {
  /** For programs. */
  public enum Reason {
    INVALID_REQUEST,
    UNKNOWN_ACCOUNT,
    ACCOUNT_PAUSED,
    UNKNOWN_DATASOURCE,
    NO_MODEL_IN_TIER,
    UNPRICED_MODEL,
    BUDGET_EXCEEDED,
    TOO_MANY_REQUESTS,
    TOO_MANY_TOKENS,
    TOO_MANY_IN_FLIGHT
  }

  static Refusal of(Reason reason, String message, OptionalLong policyVersion) {
    return new Refusal(
        reason, message, Optional.empty(), Optional.empty(), Optional.empty(), policyVersion);
  }
}
