package io.querytrail.safety;

import io.querytrail.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** A server on which nothing happens by itself, so that whatever changes was changed by us. */
final class RegressionServer implements AutoCloseable {
  private static final String READER = "regression_reader";
  private static final Map<String, String> QUIET =
      Map.ofEntries(
          Map.entry("autovacuum", "off"),
          Map.entry("wal_level", "minimal"),
          Map.entry("max_wal_senders", "0"),
          Map.entry("checkpoint_timeout", "1d"),
          Map.entry("max_wal_size", "16GB"),
          Map.entry("fsync", "off"),
          Map.entry("jit", "off"),
          Map.entry("max_prepared_transactions", "2"),
          Map.entry("allow_in_place_tablespaces", "on"));

  /** As the product reads a catalog. */
  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(
        CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END, NULL)
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      ORDER BY n.nspname, c.relname, a.attnum
      """;

  private final EmbeddedPostgres server;
  private final Connection observer;
  private final Map<String, Boolean> viewsJudged = new HashMap<>();

  private RegressionServer(EmbeddedPostgres server, Connection observer) {
    this.server = server;
    this.observer = observer;
  }

  static RegressionServer start(Path directory) throws SQLException {
    EmbeddedPostgres server = EmbeddedPostgres.start(directory, 0, QUIET);
    server.createDatabaseIfAbsent("regression");
    Connection observer = connect(server, server.superuser(), server.password());
    try (Statement statement = observer.createStatement()) {
      statement.execute("SET search_path = pg_catalog, pg_temp");
      statement.execute("CREATE ROLE " + READER + " LOGIN PASSWORD 'reader'");
      // SELECT on everything, and on the catalogs more than a reader of a product would have.
      statement.execute("GRANT pg_read_all_data TO " + READER);
      for (String setting :
          List.of(
              "search_path = pg_catalog, pg_temp",
              "statement_timeout = '2s'",
              "lock_timeout = '500ms'",
              "temp_file_limit = '256MB'",
              "work_mem = '16MB'",
              "log_min_messages = fatal",
              "client_min_messages = log",
              "debug_pretty_print = off",
              "debug_print_parse = on")) {
        statement.execute("ALTER ROLE " + READER + " SET " + setting);
      }
    }
    return new RegressionServer(server, observer);
  }

  private static Connection connect(EmbeddedPostgres server, String user, String password)
      throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(server.jdbcUrl("regression"), properties);
  }

  /** For the statements of the suite itself, which may wait for what other files left behind. */
  Connection owner() throws SQLException {
    Connection owner = connect(server, server.superuser(), server.password());
    try (Statement statement = owner.createStatement()) {
      statement.execute("SET lock_timeout = '2s'");
      statement.execute("SET statement_timeout = '20s'");
    }
    return owner;
  }

  /** Ends prepared transactions: their locks would stop every later file. */
  void endPreparedTransactions() throws SQLException {
    var prepared = new ArrayList<String>();
    try (Statement statement = observer.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("SELECT quote_literal(gid) FROM pg_prepared_xacts")) {
        while (rows.next()) {
          prepared.add(rows.getString(1));
        }
      }
      for (String gid : prepared) {
        statement.execute("ROLLBACK PREPARED " + gid);
      }
    }
  }

  /** For the statements that the guard approved. */
  Connection reader() throws SQLException {
    return connect(server, READER, "reader");
  }

  CatalogNames catalog() throws SQLException {
    return CatalogNames.read(observer);
  }

  /** All relations but the views that do themselves what no approved statement may. */
  DatabaseSchema schema() throws SQLException {
    Set<String> beyond = viewsBeyondTheLists();
    return new DatabaseSchema(
        allRelations().relations().stream()
            .filter(relation -> !beyond.contains(relation.qualifiedName()))
            .toList());
  }

  /**
   * A view runs what its owner wrote in it: some of the suite read catalogs and use transactions.
   */
  private Set<String> viewsBeyondTheLists() throws SQLException {
    var beyond = new HashSet<String>();
    CatalogNames catalog = null;
    try (Statement statement = observer.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT c.relnamespace::regnamespace || '.' || c.relname, r.ev_action::text
                FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
                WHERE c.relkind = 'v' AND r.ev_type = '1'
                  AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
                """)) {
      while (rows.next()) {
        String tree = rows.getString(2);
        Boolean judged = viewsJudged.get(tree);
        if (judged == null) {
          catalog = catalog == null ? catalog() : catalog;
          judged = isBeyondTheLists(tree, catalog);
          viewsJudged.put(tree, judged);
        }
        if (judged) {
          beyond.add(rows.getString(1));
        }
      }
    }
    return beyond;
  }

  private static boolean isBeyondTheLists(String tree, CatalogNames catalog) {
    return new TreeObjections(catalog, Set.of(), Set.of())
        .to(tree).stream()
            .anyMatch(objection ->
                objection.startsWith("calls ")
                    || objection.startsWith("casts by ")
                    || objection.startsWith("reads pg_catalog.")
                    || objection.startsWith("reads information_schema."));
  }

  private DatabaseSchema allRelations() throws SQLException {
    var relations = new ArrayList<RelationSchema>();
    var columns = new ArrayList<RelationSchema.Column>();
    String schema = "";
    String relation = "";
    try (Statement statement = observer.createStatement();
        ResultSet rows = statement.executeQuery(COLUMNS)) {
      while (rows.next()) {
        if (!rows.getString(1).equals(schema) || !rows.getString(2).equals(relation)) {
          relations.add(new RelationSchema(schema, relation, columns));
          columns.clear();
          schema = rows.getString(1);
          relation = rows.getString(2);
        }
        columns.add(new RelationSchema.Column(rows.getString(3), rows.getString(4)));
      }
    }
    relations.add(new RelationSchema(schema, relation, columns));
    relations.removeFirst();
    return new DatabaseSchema(relations);
  }

  /** Everything that the server keeps: see {@link StateDigest}. */
  Map<String, String> state() throws SQLException {
    return StateDigest.of(observer);
  }

  @Override
  public void close() {
    server.close();
  }
}
