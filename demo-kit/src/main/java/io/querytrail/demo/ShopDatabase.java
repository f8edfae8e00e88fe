package io.querytrail.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The sample database: schema {@code shop} with customers, orders, their items, products,
 * categories, payments and reviews, about 100,000 rows that are the same every time, and schema
 * {@code internal}, which no model may see. Orders are from January 2024 to October 2026.
 */
public final class ShopDatabase {
  /** The schema that may be shown and read. */
  public static final String SCHEMA = "shop";

  /** The role that may read the schema and nothing else. */
  public static final String READER = "shop_reader";

  private static final String MARK = "Querytrail sample shop, version 1";

  /** Any number that nobody else uses: lets two creators of one shop take turns. */
  private static final long LOCK_KEY = 7_240_171_105_108L;

  private ShopDatabase() {}

  /** Like {@link #create(DataSource)}, for a database that is given by its JDBC address. */
  public static void create(String jdbcUrl, String user, String password) {
    create(dataSource(jdbcUrl, user, password));
  }

  /**
   * Makes the shop in this database unless it is there already; all of it or nothing.
   *
   * @throws ShopDatabaseException if a schema {@code shop} is there that is not this shop, or the
   *     database refuses
   */
  public static void create(DataSource owner) {
    inTransaction(
        owner,
        connection -> {
          @Nullable String found = commentOfSchema(connection);
          if (found == null) {
            runScript(connection, "shop-schema.sql");
            runScript(connection, "shop-data.sql");
            runScript(connection, "shop-keys.sql");
          } else if (!found.equals(MARK)) {
            throw new ShopDatabaseException(
                "The database has a schema named shop that is not the sample shop ("
                    + MARK
                    + "). Use another database, or drop that schema.");
          }
        });
  }

  /** Like {@link #createReader(DataSource, String)}, for a database given by its JDBC address. */
  public static void createReader(
      String jdbcUrl, String user, String password, String readerPassword) {
    createReader(dataSource(jdbcUrl, user, password), readerPassword);
  }

  /**
   * Makes the role {@link #READER} unless it is there, sets its password, and lets it read the
   * schema {@link #SCHEMA}, which is also its search path. Call it after {@link #create}.
   */
  public static void createReader(DataSource owner, String readerPassword) {
    inTransaction(
        owner,
        connection -> {
          runScript(connection, "shop-reader.sql");
          // Sends the SCRAM verifier: the password itself reaches no log of the server.
          connection
              .unwrap(PGConnection.class)
              .alterUserPassword(READER, readerPassword.toCharArray(), "scram-sha-256");
        });
  }

  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  private static void inTransaction(DataSource owner, Work work) {
    try (Connection connection = owner.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK_KEY + ")");
        work.on(connection);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new ShopDatabaseException("Could not make the sample shop: " + e.getMessage(), e);
    }
  }

  /** Null without a schema of this name; empty for one without a comment. */
  private static @Nullable String commentOfSchema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                """
                SELECT coalesce(obj_description(oid, 'pg_namespace'), '')
                FROM pg_namespace
                WHERE nspname = 'shop'
                """)) {
      return found.next() ? found.getString(1) : null;
    }
  }

  /** The statements that make the schema's tables, for who wants to know them without a server. */
  public static String schemaScript() {
    return read("shop-schema.sql");
  }

  private static void runScript(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(read(name));
    }
  }

  private static String read(String name) {
    try (InputStream in = ShopDatabase.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in this jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataSource dataSource(String jdbcUrl, String user, String password) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl);
    source.setUser(user);
    source.setPassword(password);
    return source;
  }
}
