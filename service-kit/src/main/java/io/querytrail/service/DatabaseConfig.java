package io.querytrail.service;

import org.jspecify.annotations.Nullable;

/**
 * How to reach a PostgreSQL database.
 *
 * @param jdbcUrl with every setting of the driver that is wanted, such as {@code sslmode}
 * @param maxConnections size of the connection pool, by default 5
 */
public record DatabaseConfig(
    String jdbcUrl, String user, @Nullable Secret password, @Nullable Integer maxConnections)
    implements ValidConfig {
  private static final int DEFAULT_CONNECTIONS = 5;

  public DatabaseConfig {
    password = password == null ? new Secret("") : password;
    maxConnections = maxConnections == null ? DEFAULT_CONNECTIONS : maxConnections;
  }

  @Override
  public void check(Problems problems) {
    problems.required("jdbcUrl", jdbcUrl);
    problems.require(
        jdbcUrl == null || jdbcUrl.startsWith("jdbc:postgresql:"),
        "jdbcUrl",
        // It is not shown: other forms of address hold the password.
        "has another form than jdbc:postgresql://HOST:PORT/DATABASE");
    problems.required("user", user);
    problems.require(
        maxConnections == null || maxConnections > 0,
        "maxConnections",
        "is " + maxConnections + "; use 1 or more");
  }

  /** The address may hold passwords in its settings. */
  @Override
  public String toString() {
    return "DatabaseConfig[" + user + "@" + jdbcUrl.replaceFirst("\\?.*", "") + "]";
  }
}
