package io.querytrail.audit.ledger;

import io.querytrail.audit.money.TokenCounts;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One model call as the ledger prices it.
 *
 * @param sent false only when it is certain that nothing left
 * @param usage empty when the provider did not report it, or reported nonsense
 * @param httpStatus of the answer; empty when there was none
 * @param batch whether it was made at the price of the provider's batches
 */
public record Attempt(
    String provider,
    String model,
    boolean sent,
    Optional<TokenCounts> usage,
    OptionalInt httpStatus,
    boolean batch) {
  private static final int REQUEST_TIMEOUT = 408;

  /** The name by which prices and budgets know the model. */
  public String modelKey() {
    return Candidate.key(provider, model);
  }

  /**
   * Whether the server turned the call away before any token was made: a bad key, an unknown model,
   * a rate limit. Providers bill none of these. A time-out or a server's own error proves nothing.
   */
  boolean turnedAway() {
    return httpStatus.isPresent()
        && httpStatus.getAsInt() / 100 == 4
        && httpStatus.getAsInt() != REQUEST_TIMEOUT;
  }
}
