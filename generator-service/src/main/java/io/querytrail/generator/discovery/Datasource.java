package io.querytrail.generator.discovery;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.schema.SchemaReading;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;

/**
 * One target database, reached by a small pool of read-only connections that opens when it is
 * needed. Neither plans nor catalogs can take all of it for themselves. Safe for use by several
 * threads.
 */
public final class Datasource implements AutoCloseable {
  /** Holds until the end of the transaction. */
  private static final String PLAN_SETTINGS =
      "SELECT set_config('transaction_read_only', 'on', true),"
          + " set_config('search_path', 'pg_catalog, pg_temp', true),"
          + " set_config('statement_timeout', '%s', true)";

  private final HikariDataSource pool;
  private final Duration statementTimeout;
  private final ValueSample sample;
  private final PoolShare catalogs;
  private final PoolShare plans;

  private Datasource(HikariDataSource pool, DatasourceConfig settings) {
    this.pool = pool;
    this.statementTimeout = settings.statementTimeout();
    this.sample = new ValueSample(settings.sampleValues());
    this.catalogs = new PoolShare(settings.maxConnections() - 1, settings.connectTimeout());
    this.plans = new PoolShare(settings.maxConnections() - 1, settings.connectTimeout());
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
    return new Datasource(new HikariDataSource(config), settings);
  }

  /** Reads the catalogs as of one moment. */
  SchemaReading.Known read(SortedSet<String> schemas) throws SQLException {
    return catalogs.use(() ->
        inCatalogs(connection -> {
          Optional<String> stamp = Optional.of(CatalogStamp.read(connection, schemas));
          return new SchemaReading.Known(CatalogReader.read(connection, schemas, sample), stamp);
        }));
  }

  /** As {@link io.querytrail.generator.schema.SchemaStamps} has it. */
  String stamp(SortedSet<String> schemas) throws SQLException {
    return catalogs.use(() -> inCatalogs(connection -> CatalogStamp.read(connection, schemas)));
  }

  /** Schemas that hold something the role may read, but for those of the system. */
  SortedSet<String> schemas() throws SQLException {
    return catalogs.use(() -> inCatalogs(CatalogReader::schemas));
  }

  /**
   * Has the database plan a statement, as it would run: nothing is run.
   *
   * @param sql that the guard has approved
   * @param timeout longest time on the server, if it is shorter than the datasource's own
   */
  Planning plan(String sql, Duration timeout) throws SQLException {
    Duration longest = timeout.compareTo(statementTimeout) < 0 ? timeout : statementTimeout;
    String settings = PLAN_SETTINGS.formatted(Math.max(1, longest.toMillis()));
    return plans.use(() -> {
      try (Connection connection = pool.getConnection()) {
        // What is sent at once is one transaction then, with no journeys for its begin and end.
        connection.setAutoCommit(true);
        return PlanReader.read(connection, settings, sql);
      }
    });
  }

  /** What is done over a connection. */
  @FunctionalInterface
  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> T inCatalogs(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        // With nothing else on the path, types and expressions print with their schema.
        statement.execute("SET LOCAL search_path = pg_catalog");
        statement.execute("SET LOCAL statement_timeout = " + statementTimeout.toMillis());
        return work.on(connection);
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
