package io.querytrail.audit.verdict;

import java.util.List;
import java.util.Optional;

/**
 * A statement and what is known about it.
 *
 * @param relations that were shown to the model
 * @param plan what EXPLAIN said, where it was asked
 */
public record GeneratedSql(String sql, List<Relation> relations, Optional<Plan> plan) {
  /** A table or view with its columns. */
  public record Relation(String schema, String name, List<Column> columns) {
    public Relation {
      columns = List.copyOf(columns);
    }
  }

  /** A column and its type as PostgreSQL formats it. */
  public record Column(String name, String type) {}

  /** The planner's estimate: total cost in its own units, and rows returned. */
  public record Plan(double totalCost, double rows) {}

  public GeneratedSql {
    relations = List.copyOf(relations);
  }
}
