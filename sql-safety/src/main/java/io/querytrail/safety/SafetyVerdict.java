package io.querytrail.safety;

import java.util.List;

/** What became of a statement. */
public sealed interface SafetyVerdict {

  /**
   * The statement may run as {@code sql}, and only so: under {@code search_path = pg_catalog,
   * pg_temp}, as a role that may only SELECT, in a READ ONLY transaction.
   *
   * @param sql the statement with every relation qualified by its schema and the row cap enforced
   * @param rowCap the most rows that {@code sql} returns
   * @param relations read, as {@code schema.table}, sorted
   * @param columns read, as {@code schema.table.column}, sorted
   * @param warnings violations of rules that the policy has set to warn
   */
  record Approved(
      String sql,
      int rowCap,
      List<String> relations,
      List<String> columns,
      List<Violation> warnings)
      implements SafetyVerdict {
    public Approved {
      relations = List.copyOf(relations);
      columns = List.copyOf(columns);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The statement must not run.
   *
   * @param violations at least one; the first is the one that a person should read first
   */
  record Rejected(List<Violation> violations) implements SafetyVerdict {
    public Rejected {
      violations = List.copyOf(violations);
    }
  }
}
