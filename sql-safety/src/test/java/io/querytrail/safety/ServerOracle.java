package io.querytrail.safety;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a live server says that an approved statement is: one statement or several, and the
 * relations and functions of its tree after analysis, where names and overloads are resolved. Runs
 * nothing but the planner.
 */
final class ServerOracle implements AutoCloseable {
  /** A cursor takes one statement, and its plan is made; a view's rule keeps the analysed tree. */
  private static final String FUNCTION =
      """
      CREATE FUNCTION public.oracle(sql text) RETURNS text LANGUAGE plpgsql
      SET search_path = pg_catalog, pg_temp AS $$
      DECLARE c refcursor; plan text; tree text;
      BEGIN
        OPEN c FOR EXECUTE 'EXPLAIN (FORMAT JSON, VERBOSE) ' || sql;
        FETCH c INTO plan;
        CLOSE c;
        EXECUTE 'CREATE TEMP VIEW judged AS SELECT 1 FROM (' || chr(10) || sql || chr(10) || ') AS judged';
        SELECT ev_action INTO tree FROM pg_rewrite WHERE ev_class = 'pg_temp.judged'::regclass;
        RETURN tree;
      END $$
      """;

  private static final String CALLS =
      """
      WITH call AS (
        SELECT DISTINCT (m)[1] AS kind, (m)[2]::oid AS oid, (m)[3] AS format
        FROM regexp_matches(?, ':(funcid|aggfnoid|winfnoid) (\\d+)(?: :funcresulttype \\d+ :funcretset \\w+ '
          ':funcvariadic \\w+ :funcformat (\\d))?', 'g') AS m)
      SELECT DISTINCT p.pronamespace::regnamespace::text, p.proname
      FROM call JOIN pg_proc p ON p.oid = call.oid
      WHERE coalesce(format, '0') IN ('0', '3')
        OR NOT EXISTS (SELECT FROM pg_cast WHERE castfunc = p.oid)
      """;

  private static final String RELATIONS =
      """
      SELECT DISTINCT c.relnamespace::regnamespace::text, c.relname
      FROM regexp_matches(?, ':relid (\\d+)', 'g') AS m JOIN pg_class c ON c.oid = (m)[1]::oid
      WHERE c.relname <> 'judged'
      """;

  /** What SQL/JSON stands for; no statement can write these names as calls. */
  private static final Set<String> OF_SYNTAX =
      Set.of(
          "json_agg_strict",
          "json_object_agg_strict",
          "json_object_agg_unique",
          "json_object_agg_unique_strict",
          "jsonb_agg_strict",
          "jsonb_object_agg_strict",
          "jsonb_object_agg_unique",
          "jsonb_object_agg_unique_strict");

  private static final String SEVERAL_STATEMENTS = "42P11";
  private static final String SYNTAX_ERROR = "42601";

  private final Connection connection;
  private final PreparedStatement tree;
  private final PreparedStatement calls;
  private final PreparedStatement relations;

  ServerOracle(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute(FUNCTION);
      statement.execute("SET statement_timeout = '5s'");
    }
    connection.setAutoCommit(false);
    this.tree = connection.prepareStatement("SELECT public.oracle(?)");
    this.calls = connection.prepareStatement(CALLS);
    this.relations = connection.prepareStatement(RELATIONS);
  }

  /** What speaks against the approval; empty if nothing does. */
  List<String> objections(SafetyVerdict.Approved approved, Set<String> visible)
      throws SQLException {
    try {
      return objections(analysed(approved.sql()), approved, visible);
    } catch (SQLException e) {
      // A statement that the server refuses for its types or its grouping does no harm.
      return switch (String.valueOf(e.getSQLState())) {
        case SEVERAL_STATEMENTS -> List.of("several statements");
        case SYNTAX_ERROR -> ofGrammar(String.valueOf(e.getMessage()));
        default -> List.of();
      };
    } finally {
      connection.rollback();
    }
  }

  /** The analysis has the same code for what the grammar lets through. */
  private static List<String> ofGrammar(String message) {
    boolean grammar = message.contains("syntax error at") && !message.contains("jsonpath input");
    return grammar ? List.of("the server's grammar refuses it: " + message) : List.of();
  }

  private String analysed(String sql) throws SQLException {
    tree.setString(1, sql);
    try (ResultSet row = tree.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  private List<String> objections(
      String analysed, SafetyVerdict.Approved approved, Set<String> visible) throws SQLException {
    var objections = new ArrayList<String>();
    for (String call : qualifiedNames(calls, analysed)) {
      String name = call.substring(call.indexOf('.') + 1);
      boolean isListed = AllowedFunctions.contains(name) || OF_SYNTAX.contains(name);
      if (!call.startsWith("pg_catalog.") || !isListed) {
        objections.add("calls " + call);
      }
    }
    List<String> read = qualifiedNames(relations, analysed);
    for (String relation : read) {
      if (!visible.contains(relation) || !approved.relations().contains(relation)) {
        objections.add("reads " + relation);
      }
    }
    return objections;
  }

  private static List<String> qualifiedNames(PreparedStatement query, String analysed)
      throws SQLException {
    query.setString(1, analysed);
    var names = new ArrayList<String>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1) + "." + rows.getString(2));
      }
    }
    return names;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
