package io.querytrail.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.querytrail.events.ExecutionStatus;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryExecuted;
import io.querytrail.events.TextStorage;
import io.querytrail.service.DatabaseConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.postgresql.core.Parser;

/**
 * Runs approved statements and nothing else: as a role that can only SELECT, in a read-only
 * transaction that is always rolled back, under the search path that the approval was judged for,
 * with limits of time and temporary files, and never more rows than approved. Safe for use by
 * several threads.
 */
final class ApprovalExecutor implements AutoCloseable {
  /** SQLSTATE of a statement that the server cancelled, by its time limit too. */
  private static final String QUERY_CANCELED = "57014";

  private static final int FETCH_ROWS = 500;
  private static final int MAX_ERROR = 500;
  private static final String TEMP_FILE_LIMIT = "64MB";

  private final Function<String, DatabaseConfig> databases;
  private final Map<String, HikariDataSource> pools = new ConcurrentHashMap<>();
  private final Set<String> checkedRoles = ConcurrentHashMap.newKeySet();
  private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();
  private final Duration statementTimeout;
  private final String executor;
  private final Clock clock;
  private final Consumer<String> warnings;

  /**
   * @param databases finds a datasource by the name that approvals carry
   * @param executor name of whoever runs, for the report
   * @param warnings told once of what a datasource does not limit
   */
  ApprovalExecutor(
      Function<String, DatabaseConfig> databases,
      Duration statementTimeout,
      String executor,
      Clock clock,
      Consumer<String> warnings) {
    this.databases = databases;
    this.statementTimeout = statementTimeout;
    this.executor = executor;
    this.clock = clock;
    this.warnings = warnings;
  }

  /** Runs the statement; whatever happens to it is in the report. */
  QueryExecuted execute(QueryApproved approved) {
    QueryExecuted.Builder report =
        QueryExecuted.newBuilder()
            .setRequestId(approved.getRequestId())
            .setAccount(approved.getAccount())
            // The same for a redelivered approval, so that its repeated run is counted once.
            .setExecutionId(approved.getRequestId() + "@" + executor)
            .setExecutedAt(clock.instant())
            .setRequestedAt(approved.getRequestedAt())
            .setExecutor(executor);
    try (Connection connection = pool(approved.getDatasource()).getConnection()) {
      try {
        prepare(connection, approved.getDatasource());
        return run(connection, approved, report);
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      return failed(approved, report, e).setExecutionTimeMillis(0).build();
    } catch (CommandException e) {
      return report
          .setStatus(ExecutionStatus.FAILED)
          .setExecutionTimeMillis(0)
          .setError(String.valueOf(e.getMessage()))
          .build();
    }
  }

  /** Times the statement alone, not the way to the database. */
  private static QueryExecuted run(
      Connection connection, QueryApproved approved, QueryExecuted.Builder report) {
    long start = System.nanoTime();
    try {
      report.setStatus(ExecutionStatus.SUCCEEDED).setRows(count(connection, approved));
    } catch (SQLException e) {
      failed(approved, report, e);
    }
    return report
        .setExecutionTimeMillis(Duration.ofNanos(System.nanoTime() - start).toMillis())
        .build();
  }

  private static QueryExecuted.Builder failed(
      QueryApproved approved, QueryExecuted.Builder report, SQLException error) {
    return report
        .setStatus(
            QUERY_CANCELED.equals(error.getSQLState())
                ? ExecutionStatus.TIMED_OUT
                : ExecutionStatus.FAILED)
        .setSqlState(error.getSQLState())
        .setError(
            approved.getStoredTexts() == TextStorage.CLEAR
                ? Tables.cut(String.valueOf(error.getMessage()), MAX_ERROR)
                // The message may quote a constant, which the account does not want kept.
                : "(redacted)");
  }

  private void prepare(Connection connection, String datasource) throws SQLException {
    try (Statement settings = connection.createStatement()) {
      settings.execute("SET LOCAL search_path = pg_catalog, pg_temp");
      settings.execute("SET LOCAL statement_timeout = " + statementTimeout.toMillis());
    }
    checkRole(connection, datasource);
    limitTempFiles(connection, datasource);
  }

  /** Once for each datasource: a role that is refused is asked about again. */
  private void checkRole(Connection connection, String datasource) throws SQLException {
    if (checkedRoles.contains(datasource)) {
      return;
    }
    List<String> excess = ReaderRole.excess(connection);
    if (!excess.isEmpty()) {
      throw new CommandException(
          ExitCodes.FAILED,
          "the role of datasource %s may do more than SELECT: %s. Give it a role that can only SELECT"
              .formatted(datasource, String.join(", ", excess)));
    }
    checkedRoles.add(datasource);
  }

  /**
   * Only a role with the right may lower it; the datasource's role may have been given a limit of
   * its own.
   */
  private void limitTempFiles(Connection connection, String datasource) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement settings = connection.createStatement()) {
      settings.execute("SET LOCAL temp_file_limit = '" + TEMP_FILE_LIMIT + "'");
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      connection.rollback(before);
      if (isUnlimited(connection) && warnedOf.add(datasource)) {
        warnings.accept(
            "datasource %s does not limit temporary files: ALTER ROLE ... SET temp_file_limit = '%s'"
                .formatted(datasource, TEMP_FILE_LIMIT));
      }
    }
  }

  private static boolean isUnlimited(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW temp_file_limit")) {
      return row.next() && row.getString(1).equals("-1");
    }
  }

  /**
   * Not as a prepared statement: to the driver its {@code ?}, an operator of JSON, is a parameter.
   */
  private static long count(Connection connection, QueryApproved approved) throws SQLException {
    requireOneStatement(approved.getSql());
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      statement.setMaxRows(approved.getRowCap());
      statement.setEscapeProcessing(false);
      long rows = 0;
      try (ResultSet result = statement.executeQuery(approved.getSql())) {
        while (result.next()) {
          rows++;
        }
      }
      return rows;
    }
  }

  /**
   * The driver would send each statement by itself, and the server would not see that there are
   * two.
   */
  private static void requireOneStatement(String sql) throws SQLException {
    int statements = Parser.parseJdbcSql(sql, true, false, true, false, false).size();
    if (statements != 1) {
      throw new SQLException("The text holds " + statements + " statements, one is run", "42601");
    }
  }

  private HikariDataSource pool(String datasource) {
    return pools.computeIfAbsent(datasource, name -> pool(databases.apply(name)));
  }

  private static HikariDataSource pool(DatabaseConfig database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("querytrail-consume");
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.user());
    config.setPassword(database.password() == null ? "" : database.password().reveal());
    config.setMaximumPoolSize(database.maxConnections() == null ? 1 : database.maxConnections());
    config.setReadOnly(true);
    config.setAutoCommit(false);
    config.setInitializationFailTimeout(-1);
    // Extended protocol: the server takes one statement and no more, whatever the text says.
    config.addDataSourceProperty("preferQueryMode", "extended");
    config.addDataSourceProperty("ApplicationName", "querytrail-consume");
    return new HikariDataSource(config);
  }

  @Override
  public void close() {
    pools.values().forEach(HikariDataSource::close);
  }
}
