package io.querytrail.generator.check;

import org.jspecify.annotations.Nullable;

/** What the guard says of a statement. */
public sealed interface GuardVerdict {
  /**
   * It may be planned.
   *
   * @param sql as it would run: with every relation's schema, and the row cap
   */
  record Approved(String sql) implements GuardVerdict {}

  /**
   * It may not go near a database.
   *
   * @param rule the first rule that it breaks
   * @param problem null where the statement was not meant well: nobody is asked to mend that
   */
  record Rejected(String rule, @Nullable Problem problem) implements GuardVerdict {}
}
