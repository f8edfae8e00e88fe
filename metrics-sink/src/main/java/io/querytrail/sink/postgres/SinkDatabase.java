package io.querytrail.sink.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.PoolProfile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** The pool of connections to the sink's database, and its migrations. */
public final class SinkDatabase {
  /** Not db/migration: other services of the same JVM may have migrations of their own. */
  private static final String MIGRATIONS = "classpath:io/querytrail/sink/migration";

  private static final String HISTORY = "querytrail_schema_history";
  private static final String SCHEMA = "public";
  private static final String MAY_MIGRATE =
      """
      SELECT coalesce(
        (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('public.querytrail_schema_history')),
        has_schema_privilege('public', 'CREATE'))
      """;
  private static final String APPLY_ACCESS = "SELECT querytrail_access.apply()";
  private static final int CONNECT_SECONDS = 5;
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
    PoolProfile profile = Objects.requireNonNull(config.profile());
    int size = Objects.requireNonNull(config.maxConnections());
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(Math.min(size, profile.minIdle()));
    pool.setIdleTimeout(size <= profile.minIdle() ? 0 : profile.idleTimeout().toMillis());
    pool.setMaxLifetime(profile.maxLifetime().toMillis());
    pool.setInitializationFailTimeout(START_TIMEOUT_MILLIS);
    pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    DRIVER.forEach(pool::addDataSourceProperty);
    security(config).forEach(pool::addDataSourceProperty);
    pool.setMetricRegistry(metrics);
    return new HikariDataSource(pool);
  }

  /** Connections without a pool, for work that is seldom done. */
  public static DataSource unpooled(DatabaseConfig config) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(config.jdbcUrl());
    source.setUser(config.user());
    source.setPassword(config.password() == null ? "" : config.password().reveal());
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setApplicationName("querytrail-metrics-sink");
    try {
      for (Map.Entry<String, String> setting : security(config).entrySet()) {
        source.setProperty(setting.getKey(), setting.getValue());
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the driver does not know its own setting", e);
    }
    return source;
  }

  /** In production a server that asks for the password itself gets none. */
  private static Map<String, String> security(DatabaseConfig config) {
    return config.profile() == PoolProfile.PROD && !config.jdbcUrl().contains("requireAuth=")
        ? Map.of("requireAuth", "scram-sha-256")
        : Map.of();
  }

  /**
   * Sees to it that the tables are of this version: migrates where the user may, and otherwise only
   * looks.
   *
   * @throws IllegalStateException when they are not, and the user may not migrate
   */
  public static void prepare(DataSource dataSource) throws SQLException {
    if (mayMigrate(dataSource)) {
      migrate(dataSource);
      return;
    }
    List<String> pending =
        Arrays.stream(flyway(dataSource).info().pending())
            .map(migration -> "V" + migration.getVersion())
            .toList();
    if (!pending.isEmpty()) {
      throw new IllegalStateException(
          ("the log's tables are not of this version, for they lack %s, and the user of `database` does not own them."
                  + " Set `migrator` in the configuration, or run `querytrail db migrate` as %s")
              .formatted(String.join(", ", pending), LogRoles.MIGRATOR));
    }
  }

  /** Whether the user is, or may act as, the owner of the tables. */
  public static boolean mayMigrate(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MAY_MIGRATE)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /**
   * Brings the tables up to this version, and has the roles hold on what is new. Instances that
   * start together take turns.
   */
  public static void migrate(DataSource dataSource) {
    flyway(dataSource).migrate();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(APPLY_ACCESS);
      connection.commit();
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }

  private static Flyway flyway(DataSource dataSource) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations(MIGRATIONS)
        .table(HISTORY)
        .defaultSchema(SCHEMA)
        .createSchemas(false)
        // Others may have tables in this schema: ours then begin before version 1 all the same.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load();
  }
}
