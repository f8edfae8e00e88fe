package io.querytrail.safety;

/** Every rule by its id. Documented with examples in docs/safety-rules.md. */
public enum SafetyRule {
  /** Characters that are not what they look like, or that no statement needs. */
  ENCODING,
  /** Size and nesting that the judge itself must be protected from. */
  RESOURCE,
  /** PostgreSQL's grammar does not accept the text. */
  SYNTAX,
  /** There is no statement in the text. */
  NOT_BARE_SQL,
  MULTIPLE_STATEMENTS,
  /** Anything but SELECT, VALUES or TABLE with at least one column. */
  STATEMENT_TYPE,
  EXPLAIN,
  DML_IN_CTE,
  SELECT_INTO,
  ROW_LOCK,
  PARAMETER,
  /** Syntax that nobody has looked at and allowed. */
  SYNTAX_NOT_ALLOWED,
  RELATION_NOT_ALLOWED,
  /** A column that the policy denies or does not allow. */
  COLUMN_NOT_ALLOWED,
  /** No such column: PostgreSQL would try the name as a function. */
  COLUMN_UNKNOWN,
  FUNCTION_NOT_ALLOWED,
  OPERATOR_NOT_ALLOWED,
  CAST_NOT_ALLOWED,
  COLLATION_NOT_ALLOWED,
  /** LIMIT that is computed, negative or above the row cap. */
  ROW_LIMIT(Severity.REJECT),
  /** OFFSET that is computed, negative or far out. */
  ROW_OFFSET(Severity.REJECT),
  CROSS_JOIN(Severity.REJECT),
  UNBOUNDED_RECURSION(Severity.REJECT),
  LARGE_SERIES(Severity.REJECT),
  LARGE_VALUE(Severity.REJECT),
  PLAN_COST(Severity.REJECT),
  PLAN_ROWS(Severity.REJECT),
  /** There is no plan, and the policy caps plans or has this rule among its own. */
  PLAN_MISSING(Severity.WARN),
  /** The judge failed: nothing is approved that was not judged. */
  INTERNAL;

  private final boolean adjustable;
  private final Severity defaultSeverity;

  /** A rule that no policy can turn off: without it the verdict promises nothing. */
  SafetyRule() {
    this.adjustable = false;
    this.defaultSeverity = Severity.REJECT;
  }

  SafetyRule(Severity defaultSeverity) {
    this.adjustable = true;
    this.defaultSeverity = defaultSeverity;
  }

  public boolean adjustable() {
    return adjustable;
  }

  public Severity defaultSeverity() {
    return defaultSeverity;
  }
}
