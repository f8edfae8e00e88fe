package io.querytrail.audit.ledger;

/**
 * How fast an account may ask.
 *
 * @param account everything together
 * @param user each user alone
 */
public record RateLimits(RateLimit account, RateLimit user) {
  /** As fast as anyone can. */
  public static final RateLimits NONE = new RateLimits(RateLimit.NONE, RateLimit.NONE);

  boolean any() {
    return !equals(NONE);
  }
}
