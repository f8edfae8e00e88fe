package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StoreUnavailableException;
import io.querytrail.sink.log.StoreUnusableException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What an SQLSTATE means for the writer: the rows are at fault, the moment is, or the set-up is.
 */
final class SqlFailures {
  /** Ours, in the range that the standard leaves to implementations: a correction without a row. */
  static final String NO_LOG_ROW = "QT001";

  /** What a prepared statement is lost by: a session that is another one with each transaction. */
  private static final String POOLER =
      "; behind a pooler in transaction mode, put prepareThreshold=0 into jdbcUrl";

  private SqlFailures() {}

  /**
   * Whether the same rows would be refused again: bad data, a broken constraint, a value too big.
   */
  static boolean rowsRefused(SQLException failure) {
    return switch (stateClass(failure)) {
      case "22", "23", "54", "QT" -> true;
      default -> false;
    };
  }

  /** The failure as the writer's contract has it. */
  static RuntimeException translate(SQLException failure) {
    String message = firstLine(failure);
    if (statementLost(failure)) {
      return new StoreUnusableException(message + POOLER, failure);
    }
    return switch (stateClass(failure)) {
      case
          // No state: the pool had no connection to give.
          "",
          // Connection; invalid password, which may be in rotation.
          "08",
          "28",
          // Transaction was in somebody's way.
          "40",
          // Out of memory, disk or connections; a lock was not to be had.
          "53",
          "55",
          // Cancelled, shutting down, starting up; input or output error.
          "57",
          "58",
          // Read-only, as a stand-by is until it is promoted; a session that waited too long.
          "25" ->
          new StoreUnavailableException(message, failure);
      default -> new StoreUnusableException(message, failure);
    };
  }

  /** What the server said, without the lines after the first, which may quote rows. */
  static String firstLine(SQLException failure) {
    // A batch tells of its own statement first.
    SQLException told = failure.getNextException() == null ? failure : failure.getNextException();
    String message = String.valueOf(told.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /** A prepared statement is not there, or another one is in its place. */
  private static boolean statementLost(SQLException failure) {
    return "26000".equals(failure.getSQLState()) || "42P05".equals(failure.getSQLState());
  }

  private static String stateClass(SQLException failure) {
    @Nullable String state = failure.getSQLState();
    return state == null || state.length() < 2 ? "" : state.substring(0, 2);
  }
}
