package io.querytrail.sink.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.postgresql.PGConnection;

/**
 * The roles of the log's database, and which readers see which accounts. Roles are the server's, so
 * making them takes a superuser; binding readers takes the owner of the log.
 */
public final class LogRoles {
  /** Owns the tables, migrates them, takes months out. */
  public static final String MIGRATOR = "querytrail_migrator";

  /** The sink: adds rows and changes what becomes known later. */
  public static final String WRITER = "querytrail_writer";

  /** Reads everything. */
  public static final String READER = "querytrail_reader";

  /** A group: its members read the accounts that they are bound to, and nothing else. */
  public static final String ACCOUNT_READER = "querytrail_account_reader";

  /** What must not be done, or cannot be by this user; nothing was changed. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /** A reader and an account that it sees. */
  public record Binding(String role, String account) {}

  private static final String SCRIPT = "/io/querytrail/sink/access/roles.sql";
  private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '30s'";
  private static final String IS_SUPERUSER =
      "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user";

  /** Why a role would see more than the accounts that it is bound to. */
  private static final String SEES_MORE =
      """
      SELECT CASE
        WHEN rolsuper THEN 'it is a superuser'
        WHEN rolbypassrls THEN 'row security does not bind it (BYPASSRLS)'
        WHEN rolcreaterole THEN 'it may make roles, and so join others'
        ELSE (SELECT 'it is a member of ' || wider.rolname FROM pg_catalog.pg_roles AS wider
          WHERE (wider.rolname IN ('querytrail_reader', 'querytrail_writer', 'querytrail_migrator')
              OR wider.rolbypassrls OR wider.rolsuper
              OR wider.oid = (SELECT relowner FROM pg_catalog.pg_class WHERE oid = 'public.ai_query_log'::regclass))
            AND pg_catalog.pg_has_role(reader.oid, wider.oid, 'MEMBER')
          ORDER BY 1 LIMIT 1)
        END
      FROM pg_catalog.pg_roles AS reader WHERE rolname = ?
      """;

  private static final String BIND =
      """
      INSERT INTO querytrail_access.reader_accounts (role_name, account) SELECT ?::name, unnest(?::text[])
      ON CONFLICT DO NOTHING
      """;
  private static final String UNBIND =
      """
      DELETE FROM querytrail_access.reader_accounts
      WHERE role_name = ?::name AND (account = ANY (?::text[]) OR cardinality(?::text[]) = 0)
      """;
  private static final String BINDINGS =
      "SELECT role_name, account FROM querytrail_access.reader_accounts ORDER BY 1, 2";

  private LogRoles() {}

  /** The statements that {@link #create} runs, for whoever wants to run them by other means. */
  public static String script() {
    try (InputStream sql =
        Objects.requireNonNull(LogRoles.class.getResourceAsStream(SCRIPT), SCRIPT)) {
      return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes the roles that are missing and gives them what is theirs in this database; tables that
   * another role migrated so far become the migrator's. May be repeated.
   *
   * @param superuser a connection of a superuser to the log's database
   * @throws RefusedException when the user is none
   */
  public static void create(Connection superuser) throws SQLException {
    if (!"t".equals(single(superuser, IS_SUPERUSER))) {
      throw new RefusedException(
          "%s is no superuser, and only a superuser can make %s (it passes by row security, as COPY needs). Use"
                  .formatted(superuser.getMetaData().getUserName(), WRITER)
              + " a superuser, or have one run the statements (`querytrail db roles --print`)");
    }
    superuser.setAutoCommit(false);
    try (Statement statement = superuser.createStatement()) {
      statement.execute(LOCK_TIMEOUT);
      statement.execute(script());
      superuser.commit();
    } catch (SQLException e) {
      superuser.rollback();
      throw e;
    } finally {
      superuser.setAutoCommit(true);
    }
  }

  /** Lets the role log in by that password, of which the server gets the SCRAM verifier alone. */
  public static void setPassword(Connection superuser, String role, String password)
      throws SQLException {
    PGConnection connection = superuser.unwrap(PGConnection.class);
    try (Statement statement = superuser.createStatement()) {
      statement.execute("ALTER ROLE " + connection.escapeIdentifier(role) + " LOGIN");
    }
    connection.alterUserPassword(role, password.toCharArray(), "scram-sha-256");
  }

  /**
   * Has the role see these accounts, beside those that it sees already.
   *
   * @param owner a connection of the log's owner
   * @throws RefusedException when there is no such role, or it would see more than that
   */
  public static void bind(Connection owner, String role, List<String> accounts)
      throws SQLException {
    requireNarrow(owner, role);
    owner.setAutoCommit(false);
    try (Statement grant = owner.createStatement();
        PreparedStatement bind = owner.prepareStatement(BIND)) {
      bind.setString(1, role);
      bind.setArray(2, owner.createArrayOf("text", accounts.toArray()));
      bind.executeUpdate();
      grant.execute(
          "GRANT %s TO %s"
              .formatted(ACCOUNT_READER, owner.unwrap(PGConnection.class).escapeIdentifier(role)));
      owner.commit();
    } catch (SQLException e) {
      owner.rollback();
      throw e;
    } finally {
      owner.setAutoCommit(true);
    }
  }

  private static void requireNarrow(Connection owner, String role) throws SQLException {
    try (PreparedStatement query = owner.prepareStatement(SEES_MORE)) {
      query.setString(1, role);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new RefusedException(
              "there is no role %s; make it first: CREATE ROLE %s LOGIN".formatted(role, role));
        }
        String more = row.getString(1);
        if (more != null) {
          throw new RefusedException(
              "%s would see more than the accounts it is bound to: %s. Use a role of its own"
                  .formatted(role, more));
        }
      }
    }
  }

  /**
   * Has the role no longer see these accounts.
   *
   * @param accounts empty for all
   * @return how many it saw of them
   */
  public static int unbind(Connection owner, String role, List<String> accounts)
      throws SQLException {
    try (PreparedStatement unbind = owner.prepareStatement(UNBIND)) {
      unbind.setString(1, role);
      unbind.setArray(2, owner.createArrayOf("text", accounts.toArray()));
      unbind.setArray(3, owner.createArrayOf("text", accounts.toArray()));
      return unbind.executeUpdate();
    }
  }

  /** All bindings, by role. */
  public static List<Binding> bindings(Connection owner) throws SQLException {
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(BINDINGS)) {
      List<Binding> bindings = new ArrayList<>();
      while (rows.next()) {
        bindings.add(new Binding(rows.getString(1), rows.getString(2)));
      }
      return bindings;
    }
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
