package io.querytrail.safety;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Runs approved statements for real: as a role that can only SELECT, in READ ONLY. */
final class ReaderSession implements AutoCloseable {
  /** What became of one statement. */
  sealed interface Outcome {
    /**
     * @param tree after analysis
     */
    record Ran(String tree) implements Outcome {}

    /** Stopped by statement_timeout; the tree is empty if the analysis itself was stopped. */
    record TimedOut(String tree) implements Outcome {}

    /** Refused before or while running; the tree is empty if it was refused by the analysis. */
    record Refused(String tree, String message) implements Outcome {}

    /** Did something that an approved statement must not do. */
    record Harmed(String what) implements Outcome {}
  }

  private static final String QUERY_CANCELED = "57014";

  /** Whether a transaction number was used, a lock outlived the transaction, a setting changed. */
  private static final String TRACES =
      """
      SELECT pg_snapshot_xmax(pg_current_snapshot())::text,
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')::text,
        (SELECT md5(string_agg(name || '=' || setting, ' ' ORDER BY name)) FROM pg_settings
         WHERE name !~ '\\.'), -- a language that a view needs brings settings of its own
        (SELECT count(*) FROM pg_prepared_statements)::text,
        pg_is_other_temp_schema(pg_my_temp_schema()) || ' ' || pg_my_temp_schema()
      """;

  private final Connection connection;
  private final Statement statement;
  private List<String> traces;

  ReaderSession(Connection connection) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
    this.traces = readTraces();
  }

  /** Others may have worked on the server since the last statement. */
  Outcome run(String sql) throws SQLException {
    traces = readTraces();
    Outcome outcome = runReadOnly(sql);
    List<String> after = readTraces();
    return after.equals(traces)
        ? outcome
        : new Outcome.Harmed("left traces: " + traces + " became " + after);
  }

  private Outcome runReadOnly(String sql) throws SQLException {
    statement.execute("BEGIN READ ONLY");
    statement.clearWarnings();
    try {
      statement.execute(sql);
      List<String> trees = AnalysedTrees.in(statement.getWarnings());
      return trees.size() == 1
          ? new Outcome.Ran(trees.getFirst())
          : new Outcome.Harmed(trees.size() + " statements");
    } catch (SQLException e) {
      List<String> trees = AnalysedTrees.in(statement.getWarnings());
      String tree = trees.isEmpty() ? "" : trees.getFirst();
      if (trees.size() > 1) {
        return new Outcome.Harmed(trees.size() + " statements");
      }
      return QUERY_CANCELED.equals(e.getSQLState())
          ? new Outcome.TimedOut(tree)
          : new Outcome.Refused(tree, String.valueOf(e.getMessage()));
    } finally {
      statement.execute("ROLLBACK");
    }
  }

  private List<String> readTraces() throws SQLException {
    try (ResultSet row = statement.executeQuery(TRACES)) {
      row.next();
      return List.of(
          String.valueOf(row.getString(1)),
          String.valueOf(row.getString(2)),
          String.valueOf(row.getString(3)),
          String.valueOf(row.getString(4)),
          String.valueOf(row.getString(5)));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
