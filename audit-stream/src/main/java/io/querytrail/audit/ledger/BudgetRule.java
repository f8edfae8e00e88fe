package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;
import java.util.Optional;

/**
 * One line of an account's budgets.
 *
 * @param scopeKey whose budget; "*" gives each its own
 * @param hard whether the limit refuses, or only alerts
 * @param thresholds percents of the limit at which an alert is raised, ascending
 * @param rollover empty when what is left of a period is gone with it
 */
public record BudgetRule(
    BudgetScope scope,
    String scopeKey,
    Period.Kind period,
    Money limit,
    boolean hard,
    List<Integer> thresholds,
    Optional<Rollover> rollover) {
  /** Stands for every key of the scope. */
  public static final String EACH = "*";

  /**
   * @throws IllegalArgumentException when the limit is negative, a threshold out of range, or a
   *     model's key no {@code provider:model}
   */
  public BudgetRule {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("limit is " + limit + "; use 0 or more");
    }
    if (rollover.isPresent() && period == Period.Kind.TOTAL) {
      throw new IllegalArgumentException(
          "a budget in total has no next period to roll over into; leave out rollover");
    }
    if (scope == BudgetScope.MODEL && !scopeKey.equals(EACH) && scopeKey.indexOf(':') < 1) {
      throw new IllegalArgumentException(
          "key of a model's budget is '" + scopeKey + "'; use provider:model, or * for each");
    }
    thresholds = thresholds.stream().distinct().sorted().toList();
    if (thresholds.stream().anyMatch(percent -> percent < 1 || percent > 1_000)) {
      throw new IllegalArgumentException(
          "thresholds are " + thresholds + "; use percents of 1 to 1000");
    }
  }

  /** A budget of which nothing is carried on. */
  public BudgetRule(
      BudgetScope scope,
      String scopeKey,
      Period.Kind period,
      Money limit,
      boolean hard,
      List<Integer> thresholds) {
    this(scope, scopeKey, period, limit, hard, thresholds, Optional.empty());
  }

  boolean covers(String key) {
    return scope == BudgetScope.ACCOUNT || scopeKey.equals(EACH) || scopeKey.equals(key);
  }
}
