package io.querytrail.generator.check;

import io.querytrail.generator.schema.Relation;
import java.util.List;

/** Judges statements before they may go near a database. Safe for use by several threads. */
@FunctionalInterface
public interface SqlGuard {
  /** What the guard says of a statement whose author was shown these relations. */
  GuardVerdict judge(String sql, GuardRules rules, List<Relation> shown);
}
