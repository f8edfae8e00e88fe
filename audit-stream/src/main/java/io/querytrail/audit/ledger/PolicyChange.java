package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether one policy may follow another. */
final class PolicyChange {
  private PolicyChange() {}

  /** Balances of the present periods as they stand under the new limits, where those differ. */
  static List<LedgerFact.Change> refreshed(Policy policy, Instant at, LedgerView view) {
    List<LedgerFact.Change> changes = new ArrayList<>();
    Periods periods = new Periods(at, policy.zone());
    for (Period.Kind kind : Period.Kind.values()) {
      for (Balance balance : view.balances(policy.account(), kind, periods.name(kind))) {
        BudgetKey key = balance.key();
        BudgetSelection.rule(policy, key.scope(), key.scopeKey(), kind)
            .map(rule -> balance.under(rule, view))
            .filter(after -> !after.equals(balance))
            .ifPresent(after -> changes.add(new LedgerFact.Change(after, Money.ZERO, Money.ZERO)));
      }
    }
    return changes;
  }

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
