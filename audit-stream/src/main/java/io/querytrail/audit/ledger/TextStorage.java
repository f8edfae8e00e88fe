package io.querytrail.audit.ledger;

/** How the texts of an account's requests are kept in the audit topic and in the log. */
public enum TextStorage {
  /** As they are. */
  CLEAR,
  /** Without the constants of SQL, and without the particulars of questions. */
  REDACTED,
  /** A keyed hash in place of each constant and of the question. */
  HASHED
}
