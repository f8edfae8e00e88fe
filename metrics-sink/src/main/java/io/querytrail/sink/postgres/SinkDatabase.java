package io.querytrail.sink.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.service.DatabaseConfig;
import java.util.Map;
import org.flywaydb.core.Flyway;

/** The pool of connections to the sink's database, and its migrations. */
public final class SinkDatabase {
  /** Not db/migration: other services of the same JVM may have migrations of their own. */
  private static final String MIGRATIONS = "classpath:io/querytrail/sink/migration";

  private static final String HISTORY = "querytrail_schema_history";
  private static final String SCHEMA = "public";
  private static final long START_TIMEOUT_MILLIS = 30_000;
  private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

  /** Settings of the driver that hold unless the JDBC URL says otherwise. Unit: seconds. */
  private static final Map<String, String> DRIVER =
      Map.of(
          "ApplicationName", "querytrail-metrics-sink",
          "connectTimeout", "5",
          // A server that vanished without a word must not stop the writer for longer.
          "socketTimeout", "60",
          "tcpKeepAlive", "true");

  private SinkDatabase() {}

  /**
   * Connects.
   *
   * @throws com.zaxxer.hikari.pool.HikariPool.PoolInitializationException when the server cannot be
   *     reached for 30 seconds
   */
  public static HikariDataSource open(DatabaseConfig config, MeterRegistry metrics) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("metrics-sink");
    pool.setJdbcUrl(config.jdbcUrl());
    pool.setUsername(config.user());
    if (config.password() != null) {
      pool.setPassword(config.password().reveal());
    }
    if (config.maxConnections() != null) {
      pool.setMaximumPoolSize(config.maxConnections());
    }
    pool.setInitializationFailTimeout(START_TIMEOUT_MILLIS);
    pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    DRIVER.forEach(pool::addDataSourceProperty);
    pool.setMetricRegistry(metrics);
    return new HikariDataSource(pool);
  }

  /** Brings the tables up to this version. Instances that start together take turns. */
  public static void migrate(HikariDataSource dataSource) {
    Flyway.configure()
        .dataSource(dataSource)
        .locations(MIGRATIONS)
        .table(HISTORY)
        .defaultSchema(SCHEMA)
        .createSchemas(false)
        // Others may have tables in this schema: ours then begin before version 1 all the same.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }
}
