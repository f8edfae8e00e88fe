package io.querytrail.audit.ledger;

import java.util.Optional;

/**
 * The budget that a command is about.
 *
 * @param periodName empty means the period in which the command was given
 */
public record BudgetTarget(
    BudgetScope scope, String scopeKey, Period.Kind period, Optional<String> periodName) {}
