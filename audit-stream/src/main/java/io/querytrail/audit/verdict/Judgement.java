package io.querytrail.audit.verdict;

import java.util.List;
import java.util.OptionalInt;

/** The outcome of the safety check. */
public sealed interface Judgement {
  /**
   * One rule that was broken.
   *
   * @param warning true where the policy lets it pass with a warning
   * @param position character in the SQL, from 1; empty for the whole statement
   */
  record Violation(String rule, boolean warning, String message, OptionalInt position) {}

  /**
   * May be run, as it stands here.
   *
   * @param relations read, as schema.name, sorted
   * @param columns read, as schema.name.column, sorted
   */
  record Approved(
      String sql,
      int rowCap,
      List<String> relations,
      List<String> columns,
      List<Violation> warnings)
      implements Judgement {
    public Approved {
      relations = List.copyOf(relations);
      columns = List.copyOf(columns);
      warnings = List.copyOf(warnings);
    }
  }

  /** Must not be run. */
  record Rejected(List<Violation> violations) implements Judgement {
    public Rejected {
      violations = List.copyOf(violations);
    }
  }
}
