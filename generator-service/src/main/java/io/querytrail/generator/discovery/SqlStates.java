package io.querytrail.generator.discovery;

import java.sql.SQLException;

/** What may be said of a database's failure. */
final class SqlStates {
  private SqlStates() {}

  /**
   * The driver's messages may hold addresses and names that are nobody's business: SQLSTATE does.
   */
  static String reason(SQLException e) {
    Throwable cause = e.getCause();
    String state =
        cause instanceof SQLException inner && inner.getSQLState() != null
            ? inner.getSQLState()
            : e.getSQLState();
    return state == null
        ? "the database of the datasource did not answer"
        : "the database of the datasource answered with SQLSTATE " + state;
  }
}
