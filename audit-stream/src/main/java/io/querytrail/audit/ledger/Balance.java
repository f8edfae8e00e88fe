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
 * @param limit as of the policy that last touched it, with what was carried into the period
 * @param rolledOver the part of the limit that was carried into the period
 * @param adjusted the part of settled that people posted; may be negative
 * @param openHolds requests that hold money in it now
 * @param alerted thresholds already reported in this period
 */
public record Balance(
    BudgetKey key,
    Optional<Instant> start,
    Optional<Instant> end,
    boolean hard,
    Money limit,
    Money rolledOver,
    Money settled,
    Money adjusted,
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

  static Balance opened(BudgetKey key, BudgetRule rule, Period period) {
    return new Balance(
        key,
        period.start(),
        period.end(),
        rule.hard(),
        rule.limit(),
        Money.ZERO,
        Money.ZERO,
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

  /** What may still be spent; nothing where the limit is passed. */
  Money unused() {
    return Money.max(Money.ZERO, limit.minus(committed()));
  }

  /** Under the limit that a policy sets, with what earlier periods left. */
  Balance under(BudgetRule rule, LedgerView view) {
    Money carried = Rollover.into(rule, key, view);
    Money total = rule.limit().plus(carried);
    if (hard == rule.hard() && limit.equals(total) && rolledOver.equals(carried)) {
      return this;
    }
    return new Balance(
        key, start, end, rule.hard(), total, carried, settled, adjusted, held, openHolds, alerted);
  }

  /** After a posting. */
  Balance adjusted(Money amount) {
    return new Balance(
        key,
        start,
        end,
        hard,
        limit,
        rolledOver,
        settled.plus(amount),
        adjusted.plus(amount),
        held,
        openHolds,
        alerted);
  }

  /**
   * After money was spent, put aside or given back. A charge that is taken back after a person
   * reset the budget leaves nothing, and not less: the difference was taken away before.
   */
  public Balance changed(Money settledDelta, Money heldDelta, int holdsDelta) {
    Money spent = settled.plus(settledDelta);
    boolean overdrawn = spent.isNegative();
    return new Balance(
        key,
        start,
        end,
        hard,
        limit,
        rolledOver,
        overdrawn ? Money.ZERO : spent,
        overdrawn ? adjusted.minus(spent) : adjusted,
        held.plus(heldDelta),
        openHolds + holdsDelta,
        alerted);
  }

  Balance withAlerted(List<Integer> thresholds) {
    Set<Integer> all = new TreeSet<>(alerted);
    all.addAll(thresholds);
    return new Balance(
        key, start, end, hard, limit, rolledOver, settled, adjusted, held, openHolds, all);
  }
}
