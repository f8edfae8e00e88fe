package io.querytrail.safety;

/** What EXPLAIN said of a statement: total cost in the planner's units, and rows returned. */
public record PlanEstimate(double totalCost, double rows) {}
