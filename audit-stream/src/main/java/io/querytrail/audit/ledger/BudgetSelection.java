package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The budgets that a request falls under at one instant, under the policy's present limits. */
record BudgetSelection(
    Policy policy, Request request, DatasourceRule datasource, Instant at, LedgerView view) {
  private static final Period.Kind[] KINDS = Period.Kind.values();

  /** Budgets that all of the request's money counts in. */
  List<Balance> ofRequest() {
    List<Balance> selected = new ArrayList<>();
    add(BudgetScope.ACCOUNT, request.account().value(), selected);
    request.team().ifPresent(team -> add(BudgetScope.TEAM, team, selected));
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
      rule(policy, scope, scopeKey, kind)
          .map(rule -> balance(rule, scopeKey))
          .ifPresent(selected::add);
    }
  }

  private Balance balance(BudgetRule rule, String scopeKey) {
    Balance opened =
        Balance.opened(
            policy.account(), rule, scopeKey, Period.of(rule.period(), at, policy.zone()));
    return view.balance(opened.key()).orElse(opened).under(rule, policy, view);
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
}
