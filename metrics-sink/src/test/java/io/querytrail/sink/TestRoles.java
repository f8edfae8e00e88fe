package io.querytrail.sink;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import io.querytrail.sink.postgres.LogRoles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** The roles of the log, in a test's database. */
public final class TestRoles {
  /** Roles are the server's, so all tests give them the same. */
  private static final String PASSWORD = "a password of the tests";

  private TestRoles() {}

  /** Makes the roles, with passwords, as an operator does. */
  public static void create(DatabaseConfig superuser) throws SQLException {
    try (Connection connection = new TestDatabase(superuser).connect()) {
      LogRoles.create(connection);
      for (String role : List.of(LogRoles.MIGRATOR, LogRoles.WRITER, LogRoles.READER)) {
        LogRoles.setPassword(connection, role, PASSWORD);
      }
    }
  }

  /** Makes a role that may log in and nothing else. */
  public static void login(DatabaseConfig superuser, String role) throws SQLException {
    new TestDatabase(superuser).execute("CREATE ROLE " + role);
    try (Connection connection = new TestDatabase(superuser).connect()) {
      LogRoles.setPassword(connection, role, PASSWORD);
    }
  }

  /** The same database as another role. */
  public static DatabaseConfig as(String role, DatabaseConfig database) {
    return new DatabaseConfig(database.jdbcUrl(), role, new Secret(PASSWORD), null);
  }

  /** A sink that writes as the writer and migrates as the migrator. */
  public static MetricsSinkConfig sinkConfig(DatabaseConfig database) {
    MetricsSinkConfig own = TestServers.sinkConfig(as(LogRoles.WRITER, database));
    return new MetricsSinkConfig(
        own.kafka(),
        own.http(),
        own.database(),
        own.groupId(),
        own.batch(),
        own.partitionsAhead(),
        own.percentilesEverySeconds(),
        own.retention(),
        as(LogRoles.MIGRATOR, database));
  }

  /** Has the role see the accounts alone. */
  public static void bind(DatabaseConfig database, String role, String... accounts)
      throws SQLException {
    try (Connection owner = new TestDatabase(as(LogRoles.MIGRATOR, database)).connect()) {
      LogRoles.bind(owner, role, Stream.of(accounts).toList());
    }
  }
}
