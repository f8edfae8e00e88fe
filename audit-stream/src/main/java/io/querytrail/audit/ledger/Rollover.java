package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.Optional;

/**
 * What is left of a budget when its period ends adds to the limit of the next one.
 *
 * <p>It is computed anew at each decision from the earlier period's balance, so money that was
 * still held at the end is carried as soon as it is given back.
 *
 * @param cap most that may be carried into a period; empty for no bound
 */
public record Rollover(Optional<Money> cap) {
  /** Periods without a single request that a budget's past is looked for across. */
  public static final int MAX_IDLE_PERIODS = 12;

  /**
   * @throws IllegalArgumentException when the cap is not above 0
   */
  public Rollover {
    if (cap.isPresent() && !cap.get().isGreaterThan(Money.ZERO)) {
      throw new IllegalArgumentException("rolloverCap is " + cap.get() + "; use more than 0");
    }
  }

  /**
   * What comes into a period from the ones before it. A period in which nothing was asked leaves
   * all of its limit; a budget that was never used has no past and brings nothing.
   *
   * @param key of the period; its name counts, since the account's zone may have changed within it
   */
  static Money into(BudgetRule rule, BudgetKey key, LedgerView view) {
    if (rule.rollover().isEmpty()) {
      return Money.ZERO;
    }
    BudgetKey earlier = key;
    for (int idle = 0; idle < MAX_IDLE_PERIODS; idle++) {
      earlier = earlier.before();
      Optional<Balance> known = view.balance(earlier);
      if (known.isPresent()) {
        return rule.rollover().get().after(known.get().unused(), rule.limit(), idle);
      }
    }
    return Money.ZERO;
  }

  private Money after(Money unused, Money limit, int idlePeriods) {
    Money carried = capped(unused);
    for (int i = 0; i < idlePeriods; i++) {
      carried = capped(carried.plus(limit));
    }
    return carried;
  }

  private Money capped(Money amount) {
    return cap.isPresent() && amount.isGreaterThan(cap.get()) ? cap.get() : amount;
  }
}
