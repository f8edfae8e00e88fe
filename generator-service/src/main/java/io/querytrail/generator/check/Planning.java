package io.querytrail.generator.check;

/** What came of asking a database to plan a statement. */
public sealed interface Planning {
  /**
   * It can be run.
   *
   * @param totalCost in the planner's units
   * @param rows that the planner expects without the row cap
   */
  record Planned(double totalCost, double rows) implements Planning {}

  /** The database takes the statement for wrong. */
  record Refused(Problem problem) implements Planning {}

  /** The database could not be asked, or could not say; {@code reason} holds no secret. */
  record Unavailable(String reason) implements Planning {}
}
