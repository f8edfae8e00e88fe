package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;

/**
 * The money for one attempt.
 *
 * @param estimated true when the ceiling was charged for want of a usable report
 */
public record Charge(Money cost, boolean estimated) {}
