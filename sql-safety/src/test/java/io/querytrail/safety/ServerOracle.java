package io.querytrail.safety;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * What a live server says that an approved statement is: one statement or several, and what its
 * tree after analysis names. Runs nothing but the planner.
 */
final class ServerOracle implements AutoCloseable {
  private static final String SYNTAX_ERROR = "42601";

  private final Connection connection;
  private final Statement statement;
  private final CatalogNames catalog;

  ServerOracle(CorpusServer server) throws SQLException {
    this.connection = server.connectAsWhole();
    this.statement = connection.createStatement();
    this.catalog = CatalogNames.read(connection);
    AnalysedTrees.show(statement);
    statement.execute("SET search_path = pg_catalog, pg_temp");
    statement.execute("SET statement_timeout = '5s'");
  }

  /** What speaks against the approval; empty if nothing does. */
  List<String> objections(SafetyVerdict.Approved approved, Set<String> visible)
      throws SQLException {
    statement.execute("BEGIN READ ONLY");
    try {
      statement.execute("EXPLAIN (FORMAT JSON, VERBOSE) " + approved.sql());
      List<String> trees = AnalysedTrees.in(statement.getWarnings());
      // EXPLAIN gives one tree; a statement after it would give another.
      return trees.size() == 1
          ? new TreeObjections(catalog, visible, Set.copyOf(approved.relations()))
              .to(trees.getFirst())
          : List.of(trees.size() + " statements");
    } catch (SQLException e) {
      // A statement that the server refuses for its types or its grouping does no harm.
      return SYNTAX_ERROR.equals(e.getSQLState())
          ? ofGrammar(String.valueOf(e.getMessage()))
          : List.of();
    } finally {
      statement.execute("ROLLBACK");
    }
  }

  /** The analysis has the same code for what the grammar lets through. */
  private static List<String> ofGrammar(String message) {
    boolean grammar = message.contains("syntax error at") && !message.contains("jsonpath input");
    return grammar ? List.of("the server's grammar refuses it: " + message) : List.of();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
