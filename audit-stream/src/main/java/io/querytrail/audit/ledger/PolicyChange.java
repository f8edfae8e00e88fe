package io.querytrail.audit.ledger;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Whether one policy may follow another. */
final class PolicyChange {
  private PolicyChange() {}

  static Optional<String> reasonAgainst(Optional<Policy> inForce, Policy wanted) {
    Set<Object> budgets = new HashSet<>();
    for (BudgetRule rule : wanted.budgets()) {
      record Identity(BudgetScope scope, String key, Period.Kind period) {}
      // An account has one budget for itself, whatever key it goes by.
      String key = rule.scope() == BudgetScope.ACCOUNT ? BudgetRule.EACH : rule.scopeKey();
      if (!budgets.add(new Identity(rule.scope(), key, rule.period()))) {
        return Optional.of(
            "two budgets are for %s %s by %s"
                .formatted(rule.scope(), rule.scopeKey(), rule.period()));
      }
    }
    if (inForce.isEmpty()) {
      return Optional.empty();
    }
    Policy current = inForce.get();
    if (wanted.version() <= current.version()) {
      return Optional.of(
          "version %d is in force and %d is not newer; read it again and apply on top of it"
              .formatted(current.version(), wanted.version()));
    }
    if (!wanted.currency().equals(current.currency())) {
      return Optional.of(
          "the currency is %s and cannot become %s while money is counted in it"
              .formatted(current.currency(), wanted.currency()));
    }
    return Optional.empty();
  }
}
