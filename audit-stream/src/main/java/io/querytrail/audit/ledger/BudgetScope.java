package io.querytrail.audit.ledger;

/** Whose spending a budget bounds. */
public enum BudgetScope {
  ACCOUNT,
  TEAM,
  USER,
  DATASOURCE,
  /** By {@code provider:model}. */
  MODEL
}
