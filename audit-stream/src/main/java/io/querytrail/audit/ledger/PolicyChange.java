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

  /**
   * Balances of the present periods whose budget is another under the new policy: its limit, or
   * whether there is one at all. What was spent in a budget that is dropped is not forgotten, since
   * it may come back.
   */
  static List<LedgerFact.Change> refreshed(
      Optional<Policy> before, Policy policy, Instant at, LedgerView view) {
    List<LedgerFact.Change> changes = new ArrayList<>();
    Periods periods = new Periods(at, policy.zone());
    for (Period.Kind kind : Period.Kind.values()) {
      for (Balance balance : view.balances(policy.account(), kind, periods.name(kind))) {
        Optional<BudgetRule> rule = policy.budget(balance.key());
        boolean had = before.flatMap(old -> old.budget(balance.key())).isPresent();
        Balance after = rule.isPresent() ? balance.under(rule.get(), view) : balance;
        if (rule.isPresent() != had || !after.equals(balance)) {
          changes.add(new LedgerFact.Change(after, Money.ZERO, Money.ZERO));
        }
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
