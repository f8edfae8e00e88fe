package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The state of one budget in one period.
 *
 * @param limit as of the policy that last touched it
 * @param openHolds requests that hold money in it now
 * @param alerted thresholds already reported in this period
 */
public record Balance(
    BudgetKey key,
    Optional<Instant> start,
    Optional<Instant> end,
    boolean hard,
    Money limit,
    Money settled,
    Money held,
    int openHolds,
    Set<Integer> alerted) {
  /**
   * @throws IllegalStateException when an amount is negative: the ledger itself is wrong
   */
  public Balance {
    if (settled.isNegative() || held.isNegative() || openHolds < 0) {
      throw new IllegalStateException("negative balance of " + key + ": " + settled + ", " + held);
    }
    alerted = Set.copyOf(alerted);
  }

  static Balance opened(AccountId account, BudgetRule rule, String scopeKey, Period period) {
    return new Balance(
        new BudgetKey(account, rule.scope(), scopeKey, period.kind(), period.name()),
        period.start(),
        period.end(),
        rule.hard(),
        rule.limit(),
        Money.ZERO,
        Money.ZERO,
        0,
        Set.of());
  }

  /** Spent and about to be. */
  public Money committed() {
    return settled.plus(held);
  }

  /** Landing exactly on the limit fits. */
  boolean fits(Money asked) {
    return !committed().plus(asked).isGreaterThan(limit);
  }

  Balance under(BudgetRule rule) {
    return new Balance(
        key, start, end, rule.hard(), rule.limit(), settled, held, openHolds, alerted);
  }

  Balance changed(Money settledDelta, Money heldDelta, int holdsDelta) {
    return new Balance(
        key,
        start,
        end,
        hard,
        limit,
        settled.plus(settledDelta),
        held.plus(heldDelta),
        openHolds + holdsDelta,
        alerted);
  }

  Balance withAlerted(List<Integer> thresholds) {
    Set<Integer> all = new TreeSet<>(alerted);
    all.addAll(thresholds);
    return new Balance(key, start, end, hard, limit, settled, held, openHolds, all);
  }
}
