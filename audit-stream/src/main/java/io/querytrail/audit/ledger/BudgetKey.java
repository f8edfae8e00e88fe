package io.querytrail.audit.ledger;

/** Identity of one budget in one period. */
public record BudgetKey(
    AccountId account,
    BudgetScope scope,
    String scopeKey,
    Period.Kind periodKind,
    String periodName) {}
