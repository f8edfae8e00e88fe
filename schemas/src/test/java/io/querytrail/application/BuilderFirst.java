package io.querytrail.application;

import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import java.math.BigDecimal;

/** Builds an event whose defaults are of our own classes; run by {@link BuilderFirstTest}. */
public final class BuilderFirst {
  private BuilderFirst() {}

  public static void main(String[] args) {
    Budget budget =
        Budget.newBuilder()
            .setScope(BudgetScope.ACCOUNT)
            .setPeriod(BudgetPeriod.MONTH)
            .setLimit(new BigDecimal("1.000000000000"))
            .build();
    System.out.println(Budget.newBuilder(budget).build().getKind());
  }
}
