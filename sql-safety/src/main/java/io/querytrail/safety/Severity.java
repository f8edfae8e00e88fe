package io.querytrail.safety;

/** What happens when a rule is broken. */
public enum Severity {
  /** The statement is not approved. */
  REJECT,
  /** The statement may be approved; the violation is reported with it. */
  WARN,
  /** Nothing. */
  OFF
}
