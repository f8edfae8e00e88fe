package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.money.Money;

/**
 * One account's sums over the time that was replayed.
 *
 * @param refused requests that were admitted and would have been refused
 * @param admitted requests that were refused and would have been admitted
 * @param paid what all requests cost
 * @param wouldPay what they would have cost
 * @param estimated the part of wouldPay that is an estimate
 */
public record Totals(
    AccountId account,
    String currency,
    long requests,
    long refused,
    long admitted,
    Money paid,
    Money wouldPay,
    Money estimated) {
  /** What the policy would have changed the spending by; negative where it saves. */
  public Money difference() {
    return wouldPay.minus(paid);
  }
}
