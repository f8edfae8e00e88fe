package io.querytrail.safety;

import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * The trees of statements after analysis, where names, overloads, operators and casts are resolved
 * to objects of the catalog: the server sends them as messages when {@code debug_print_parse} is
 * on. Nothing else shows calls of built-in functions.
 */
final class AnalysedTrees {
  private AnalysedTrees() {}

  /** Makes a session of a superuser show its trees to this client, and not to the server's log. */
  static void show(Statement session) throws SQLException {
    session.execute("SET log_min_messages = fatal");
    session.execute("SET client_min_messages = log");
    session.execute("SET debug_pretty_print = off");
    session.execute("SET debug_print_parse = on");
  }

  /** The trees among a statement's messages, without those of what ends a transaction. */
  static List<String> in(@Nullable SQLWarning first) {
    var trees = new ArrayList<String>();
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      if (warning instanceof PSQLWarning message) {
        addTree(message.getServerErrorMessage(), trees);
      }
    }
    return trees;
  }

  private static void addTree(@Nullable ServerErrorMessage message, List<String> trees) {
    if (message == null || !"parse tree:".equals(message.getMessage())) {
      return;
    }
    String tree = message.getDetail();
    // A few built-in functions, as log(numeric), are written in SQL: their bodies are no
    // statements.
    boolean ofFunction = String.valueOf(message.getWhere()).startsWith("SQL function");
    if (tree != null && !ofFunction && !tree.contains(":utilityStmt {TRANSACTIONSTMT")) {
      trees.add(tree.replace('\n', ' ')); // the server breaks long lines
    }
  }
}
