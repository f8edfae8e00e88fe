package io.querytrail.safety;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an account may read from one datasource.
 *
 * @param schemas the only schemas that may be read, in the order in which an unqualified name is
 *     looked up
 * @param tables patterns of tables and views in these schemas
 * @param columns patterns of columns of these tables
 * @param rowCap the most rows that an approved statement returns
 * @param costCap the highest plan cost, if plans are capped
 * @param planRowsCap the most rows that a plan may expect, if plans are capped
 * @param extraFunctions functions allowed beyond the built-in list: {@code name} for one of
 *     pg_catalog, {@code schema.name} for any other
 * @param ruleSeverities rules that are not as strict as by default, by rule id; only rules that say
 *     they are {@link SafetyRule#adjustable}
 */
public record SafetyPolicy(
    List<String> schemas,
    NamePatterns tables,
    NamePatterns columns,
    int rowCap,
    OptionalDouble costCap,
    OptionalDouble planRowsCap,
    Set<String> extraFunctions,
    Map<String, Severity> ruleSeverities) {
  public static final int DEFAULT_ROW_CAP = 1_000;

  public SafetyPolicy {
    schemas = List.copyOf(schemas);
    extraFunctions = Set.copyOf(extraFunctions);
    ruleSeverities = Map.copyOf(ruleSeverities);
    for (String schema : schemas) {
      if (isSystemSchema(schema)) {
        throw new IllegalArgumentException("schemas: " + schema + " is a system schema");
      }
    }
    if (rowCap < 1) {
      throw new IllegalArgumentException("rowCap: must be at least 1, is " + rowCap);
    }
    ruleSeverities.forEach(SafetyPolicy::checkAdjustable);
  }

  private static void checkAdjustable(String id, Severity severity) {
    SafetyRule rule =
        ruleOf(id)
            .orElseThrow(() -> new IllegalArgumentException("rules: no rule is called " + id));
    if (!rule.adjustable() && severity != rule.defaultSeverity()) {
      throw new IllegalArgumentException("rules: " + id + " can only reject");
    }
  }

  private static Optional<SafetyRule> ruleOf(String id) {
    for (SafetyRule rule : SafetyRule.values()) {
      if (rule.name().equals(id)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /** Everything in the schemas, at most 1,000 rows, every rule as strict as by default. */
  public static SafetyPolicy defaults(List<String> schemas) {
    return new SafetyPolicy(
        schemas,
        NamePatterns.ALL,
        NamePatterns.ALL,
        DEFAULT_ROW_CAP,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Set.of(),
        Map.of());
  }

  public SafetyPolicy withTables(NamePatterns newTables) {
    return new SafetyPolicy(
        schemas, newTables, columns, rowCap, costCap, planRowsCap, extraFunctions, ruleSeverities);
  }

  public SafetyPolicy withColumns(NamePatterns newColumns) {
    return new SafetyPolicy(
        schemas, tables, newColumns, rowCap, costCap, planRowsCap, extraFunctions, ruleSeverities);
  }

  public SafetyPolicy withRowCap(int newRowCap) {
    return new SafetyPolicy(
        schemas, tables, columns, newRowCap, costCap, planRowsCap, extraFunctions, ruleSeverities);
  }

  public SafetyPolicy withCostCap(double cap) {
    return new SafetyPolicy(
        schemas,
        tables,
        columns,
        rowCap,
        OptionalDouble.of(cap),
        planRowsCap,
        extraFunctions,
        ruleSeverities);
  }

  public SafetyPolicy withPlanRowsCap(double cap) {
    return new SafetyPolicy(
        schemas,
        tables,
        columns,
        rowCap,
        costCap,
        OptionalDouble.of(cap),
        extraFunctions,
        ruleSeverities);
  }

  public SafetyPolicy withExtraFunctions(Set<String> functions) {
    return new SafetyPolicy(
        schemas, tables, columns, rowCap, costCap, planRowsCap, functions, ruleSeverities);
  }

  public SafetyPolicy withRuleSeverities(Map<String, Severity> severities) {
    return new SafetyPolicy(
        schemas, tables, columns, rowCap, costCap, planRowsCap, extraFunctions, severities);
  }

  Severity severityOf(SafetyRule rule) {
    return ruleSeverities.getOrDefault(rule.name(), rule.defaultSeverity());
  }

  /** The schema of the relation that a name without schema means, or null if it may not be read. */
  @Nullable String schemaOfVisible(String name, DatabaseSchema shown) {
    for (String schema : schemas) {
      Optional<RelationSchema> found = shown.find(schema, name);
      if (found.isPresent()) {
        return permits(found.get()) ? schema : null;
      }
    }
    return null;
  }

  /** Whether the policy itself says how strict this rule is. */
  boolean names(SafetyRule rule) {
    return ruleSeverities.containsKey(rule.name());
  }

  boolean permits(RelationSchema relation) {
    return schemas.contains(relation.schema())
        && !isSystemSchema(relation.schema())
        && tables.permits(relation.schema(), relation.name());
  }

  boolean permits(RelationSchema relation, String column) {
    return columns.permits(relation.schema(), relation.name(), column);
  }

  /** Also true of temporary schemas, which PostgreSQL searches first. */
  static boolean isSystemSchema(String schema) {
    return schema.startsWith("pg_") || schema.equals("information_schema");
  }
}
