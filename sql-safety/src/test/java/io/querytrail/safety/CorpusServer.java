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
