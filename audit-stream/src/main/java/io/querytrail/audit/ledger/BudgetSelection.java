package io.querytrail.audit.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The budgets that a request falls under at one instant, under the policy's present limits. */
record BudgetSelection(
    Policy policy, Request request, DatasourceRule datasource, Periods periods, LedgerView view) {
  private static final Period.Kind[] KINDS = Period.Kind.values();

  /** Budgets that all of the request's money counts in. */
  List<Balance> ofRequest() {
    List<Balance> selected = new ArrayList<>();
    add(BudgetScope.ACCOUNT, request.account().value(), selected);
    if (request.team().isPresent()) {
      add(BudgetScope.TEAM, request.team().get(), selected);
    }
    add(BudgetScope.USER, request.user(), selected);
    add(BudgetScope.DATASOURCE, datasource.name(), selected);
    return selected;
  }

  /** Budgets that only the calls of that model count in. */
  List<Balance> ofModel(Candidate model) {
    List<Balance> selected = new ArrayList<>();
    add(BudgetScope.MODEL, model.key(), selected);
    return selected;
  }

  private void add(BudgetScope scope, String scopeKey, List<Balance> selected) {
    for (Period.Kind kind : KINDS) {
      Optional<BudgetRule> rule = rule(policy, scope, scopeKey, kind);
      if (rule.isPresent()) {
        selected.add(balance(rule.get(), scopeKey));
      }
    }
  }

  private Balance balance(BudgetRule rule, String scopeKey) {
    Period.Kind kind = rule.period();
    BudgetKey key =
        new BudgetKey(policy.account(), rule.scope(), scopeKey, kind, periods.name(kind));
    Optional<Balance> known = view.balance(key);
    Balance balance = known.isPresent() ? known.get() : Balance.opened(key, rule, periods.of(kind));
    return balance.under(rule, view);
  }

  /** The rule for that budget: one that names the key goes before one for each. */
  static Optional<BudgetRule> rule(
      Policy policy, BudgetScope scope, String scopeKey, Period.Kind kind) {
    BudgetRule each = null;
    for (BudgetRule rule : policy.budgets()) {
      if (rule.scope() == scope && rule.period() == kind && rule.covers(scopeKey)) {
        if (rule.scopeKey().equals(scopeKey)) {
          return Optional.of(rule);
        }
        each = rule;
      }
    }
    return Optional.ofNullable(each);
  }
}
