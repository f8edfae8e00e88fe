package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the budgets that a request falls under. */
final class BudgetSelection {
  private BudgetSelection() {}

  /** The budgets' balances at that instant, under the policy's present limits. */
  static List<Balance> of(
      Policy policy, Request request, DatasourceRule datasource, Instant at, LedgerView view) {
    List<Balance> selected = new ArrayList<>();
    for (BudgetScope scope : BudgetScope.values()) {
      Optional<String> scopeKey = key(scope, request, datasource);
      if (scopeKey.isEmpty()) {
        continue;
      }
      for (Period.Kind kind : Period.Kind.values()) {
        rule(policy, scope, scopeKey.get(), kind)
            .map(rule -> balance(policy, rule, scopeKey.get(), at, view))
            .ifPresent(selected::add);
      }
    }
    return selected;
  }

  /** The rule for that budget: one that names the key goes before one for each. */
  static Optional<BudgetRule> rule(
      Policy policy, BudgetScope scope, String scopeKey, Period.Kind kind) {
    Optional<BudgetRule> each = Optional.empty();
    for (BudgetRule rule : policy.budgets()) {
      if (rule.scope() == scope && rule.period() == kind && rule.covers(scopeKey)) {
        if (rule.scopeKey().equals(scopeKey)) {
          return Optional.of(rule);
        }
        each = Optional.of(rule);
      }
    }
    return each;
  }

  private static Balance balance(
      Policy policy, BudgetRule rule, String scopeKey, Instant at, LedgerView view) {
    Balance opened =
        Balance.opened(
            policy.account(), rule, scopeKey, Period.of(rule.period(), at, policy.zone()));
    return view.balance(opened.key()).orElse(opened).under(rule, policy, view);
  }

  private static Optional<String> key(
      BudgetScope scope, Request request, DatasourceRule datasource) {
    return switch (scope) {
      case ACCOUNT -> Optional.of(request.account().value());
      case TEAM -> request.team();
      case USER -> Optional.of(request.user());
      case DATASOURCE -> Optional.of(datasource.name());
    };
  }
}
