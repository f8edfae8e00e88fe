package io.querytrail.safety;

import io.querytrail.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A real PostgreSQL with the tables of the corpus. */
final class CorpusServer implements AutoCloseable {
  private final EmbeddedPostgres server;

  private CorpusServer(EmbeddedPostgres server) {
    this.server = server;
  }

  static CorpusServer start(Path directory) throws SQLException {
    var server = new CorpusServer(EmbeddedPostgres.start(directory));
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(String.join("\n", Corpus.lines("schema.sql")));
    }
    return server;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.superuser(), server.password());
  }

  /** A session whose texts reach the server whole: the driver does not cut them at semicolons. */
  Connection connectAsWhole() throws SQLException {
    var properties = new java.util.Properties();
    properties.setProperty("user", server.superuser());
    properties.setProperty("password", server.password());
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(server.jdbcUrl("postgres"), properties);
  }

  /** As an approved statement is run: by a role that can only SELECT, under a fixed search path. */
  Connection connectAsReader() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER ROLE guard_ro PASSWORD 'reader'");
      statement.execute("ALTER ROLE guard_ro SET search_path = pg_catalog, pg_temp");
      statement.execute("ALTER ROLE guard_ro SET statement_timeout = '10s'");
    }
    var properties = new java.util.Properties();
    properties.setProperty("user", "guard_ro");
    properties.setProperty("password", "reader");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(server.jdbcUrl("postgres"), properties);
  }

  /** The names that one query gives. */
  List<String> names(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var names = new java.util.ArrayList<String>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
