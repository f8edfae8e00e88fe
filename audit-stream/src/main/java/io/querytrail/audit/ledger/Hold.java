package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;

/**
 * What one admission puts aside in one budget.
 *
 * @param amount the most that the admission's sends can cost there: of all candidates, or for a
 *     budget of a model of that one
 */
public record Hold(BudgetKey budget, Money amount) {}
