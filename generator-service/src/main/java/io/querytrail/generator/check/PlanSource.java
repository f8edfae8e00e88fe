package io.querytrail.generator.check;

import java.time.Duration;

/** Asks databases for plans. Safe for use by several threads. */
@FunctionalInterface
public interface PlanSource {
  /**
   * Plans a statement that the guard has approved, without running it.
   *
   * @param timeout longest time on the server; the datasource's own may end it earlier
   */
  Planning plan(String datasource, GuardVerdict.Approved statement, Duration timeout);
}
