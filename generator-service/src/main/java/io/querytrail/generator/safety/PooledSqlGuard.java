package io.querytrail.generator.safety;

import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.check.SqlGuard;
import io.querytrail.generator.schema.Relation;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.NamePatterns;
import io.querytrail.safety.RelationSchema;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyVerdict;
import io.querytrail.safety.Severity;
import io.querytrail.safety.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A few guards for many threads: each is for one at a time, and judges in milliseconds. They are
 * made when they are first needed.
 */
public final class PooledSqlGuard implements SqlGuard {
  /** Rules that a model breaks by mistake, and keeps when it is told. */
  private static final Set<String> MISTAKES =
      Set.of(
          "SYNTAX",
          "NOT_BARE_SQL",
          "RELATION_NOT_ALLOWED",
          "COLUMN_UNKNOWN",
          "FUNCTION_NOT_ALLOWED",
          "OPERATOR_NOT_ALLOWED",
          "CAST_NOT_ALLOWED",
          "ROW_LIMIT",
          "ROW_OFFSET",
          "CROSS_JOIN");

  private final BlockingQueue<Lazy> guards;

  private static final class Lazy {
    private @Nullable SafetyGuard guard;

    SafetyGuard get() {
      SafetyGuard made = guard;
      if (made == null) {
        made = new SafetyGuard();
        guard = made;
      }
      return made;
    }
  }

  /**
   * @param size guards at most
   */
  public PooledSqlGuard(int size) {
    guards = new ArrayBlockingQueue<>(size);
    for (int i = 0; i < size; i++) {
      guards.add(new Lazy());
    }
  }

  @Override
  public GuardVerdict judge(String sql, GuardRules rules, List<Relation> shown) {
    SafetyPolicy policy;
    try {
      policy = policy(rules);
    } catch (IllegalArgumentException e) {
      return new GuardVerdict.Rejected("UNUSABLE_POLICY", null);
    }
    Lazy guard;
    try {
      guard = guards.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new GuardVerdict.Rejected("INTERRUPTED", null);
    }
    try {
      return verdict(sql, guard.get().judge(sql, policy, schema(shown)));
    } finally {
      guards.add(guard);
    }
  }

  private static GuardVerdict verdict(String sql, SafetyVerdict verdict) {
    return switch (verdict) {
      case SafetyVerdict.Approved approved -> new GuardVerdict.Approved(approved.sql());
      case SafetyVerdict.Rejected rejected -> rejected(sql, rejected.violations());
    };
  }

  private static GuardVerdict.Rejected rejected(String sql, List<Violation> violations) {
    Violation first =
        violations.stream()
            .filter(violation -> violation.severity() == Severity.REJECT)
            .findFirst()
            .orElse(violations.getFirst());
    boolean mistake =
        violations.stream()
            .filter(violation -> violation.severity() == Severity.REJECT)
            .allMatch(violation -> MISTAKES.contains(violation.rule()));
    Problem problem =
        Problem.at(first.position().orElse(0), sql, first.rule(), first.message(), null);
    return new GuardVerdict.Rejected(first.rule(), mistake ? problem : null);
  }

  private static SafetyPolicy policy(GuardRules rules) {
    return new SafetyPolicy(
        rules.schemas(),
        NamePatterns.ALL,
        NamePatterns.ALL,
        rules.rowCap(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        rules.extraFunctions(),
        rules.severities().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> severity(entry.getValue()))));
  }

  private static Severity severity(String name) {
    return Severity.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static DatabaseSchema schema(List<Relation> shown) {
    return new DatabaseSchema(
        shown.stream()
            .map(relation ->
                new RelationSchema(
                    relation.name().schema(),
                    relation.name().name(),
                    relation.columns().stream()
                        .map(column -> new RelationSchema.Column(column.name(), column.type()))
                        .toList()))
            .toList());
  }
}
