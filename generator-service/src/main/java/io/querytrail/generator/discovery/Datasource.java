package io.querytrail.generator.discovery;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.schema.DatabaseSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.SortedSet;

/**
 * One target database, reached by a small pool of read-only connections that opens when it is
 * needed. Safe for use by several threads.
 */
public final class Datasource implements AutoCloseable {
  private final HikariDataSource pool;
  private final Duration statementTimeout;

  private Datasource(HikariDataSource pool, Duration statementTimeout) {
    this.pool = pool;
    this.statementTimeout = statementTimeout;
  }

  /**
   * Connects with the first use: a database that is down does not keep the service from starting.
   */
  public static Datasource of(String name, DatasourceConfig settings, MeterRegistry metrics) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(settings.jdbcUrl());
    config.setUsername(settings.user());
    config.setPassword(settings.password().reveal());
    config.setMaximumPoolSize(settings.maxConnections());
    config.setMinimumIdle(0);
    config.setReadOnly(true);
    config.setAutoCommit(false);
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setInitializationFailTimeout(-1);
    // Extended protocol: the server takes one statement and no more, whatever the text says.
    config.addDataSourceProperty("preferQueryMode", "extended");
    config.addDataSourceProperty("ApplicationName", "querytrail-generator");
    config.addDataSourceProperty("loginTimeout", seconds(settings.connectTimeout()));
    config.addDataSourceProperty(
        "socketTimeout", seconds(settings.statementTimeout().plus(settings.connectTimeout())));
    config.setMetricRegistry(metrics);
    return new Datasource(new HikariDataSource(config), settings.statementTimeout());
  }

  /** Reads the catalogs as of one moment. */
  DatabaseSchema read(SortedSet<String> schemas) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        // With nothing else on the path, types and expressions print with their schema.
        statement.execute("SET LOCAL search_path = pg_catalog");
        statement.execute("SET LOCAL statement_timeout = " + statementTimeout.toMillis());
        return CatalogReader.read(connection, schemas);
      } finally {
        connection.rollback();
      }
    }
  }

  /**
   * Has the database plan a statement, as it would run: nothing is run.
   *
   * @param sql that the guard has approved
   * @param timeout longest time on the server, if it is shorter than the datasource's own
   */
  Planning plan(String sql, Duration timeout) throws SQLException {
    Duration longest = timeout.compareTo(statementTimeout) < 0 ? timeout : statementTimeout;
    try (Connection connection = pool.getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION READ ONLY");
        statement.execute("SET LOCAL search_path = pg_catalog, pg_temp");
        statement.execute("SET LOCAL statement_timeout = " + Math.max(1, longest.toMillis()));
        return PlanReader.read(connection, sql);
      } finally {
        connection.rollback();
      }
    }
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.toSeconds()));
  }

  @Override
  public void close() {
    pool.close();
  }
}
