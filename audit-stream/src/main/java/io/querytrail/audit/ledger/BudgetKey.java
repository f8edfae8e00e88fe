package io.querytrail.audit.ledger;

import java.time.LocalDate;
import java.time.YearMonth;

/** Identity of one budget in one period. */
public record BudgetKey(
    AccountId account,
    BudgetScope scope,
    String scopeKey,
    Period.Kind periodKind,
    String periodName) {
  /**
   * The same budget in the period before.
   *
   * @throws IllegalStateException for a budget in total, which has one period
   */
  BudgetKey before() {
    String earlier =
        switch (periodKind) {
          case DAY -> LocalDate.parse(periodName).minusDays(1).toString();
          case MONTH -> YearMonth.parse(periodName).minusMonths(1).toString();
          case TOTAL -> throw new IllegalStateException("nothing is before the total of " + this);
        };
    return new BudgetKey(account, scope, scopeKey, periodKind, earlier);
  }
}
