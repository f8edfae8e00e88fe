package io.querytrail.service;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a PostgreSQL database.
 *
 * @param jdbcUrl with every setting of the driver that is wanted, such as {@code sslmode}, {@code
 *     sslrootcert}, {@code channelBinding} or {@code requireAuth}
 * @param maxConnections size of the connection pool, by default the profile's
 * @param profile what the pool is for, by default {@code staging}; {@code prod} takes TLS that
 *     proves the server's name
 */
public record DatabaseConfig(
    String jdbcUrl,
    String user,
    @Nullable Secret password,
    @Nullable Integer maxConnections,
    @Nullable PoolProfile profile)
    implements ValidConfig {
  private static final Pattern HOSTS = Pattern.compile("jdbc:postgresql://([^/?]*).*");
  private static final Pattern ON_THIS_MACHINE =
      Pattern.compile("(localhost|127(\\.\\d+){3}|\\[::1])?(:\\d*)?");
  private static final Pattern PROVEN = Pattern.compile(".*[?&]sslmode=verify-full(&.*)?");

  public DatabaseConfig {
    password = password == null ? new Secret("") : password;
    profile = profile == null ? PoolProfile.STAGING : profile;
    maxConnections = maxConnections == null ? profile.maxConnections() : maxConnections;
  }

  /** With the profile {@code staging}. */
  public DatabaseConfig(
      String jdbcUrl, String user, @Nullable Secret password, @Nullable Integer maxConnections) {
    this(jdbcUrl, user, password, maxConnections, null);
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
    problems.require(
        jdbcUrl == null || profile != PoolProfile.PROD || onThisMachine() || provesTheServer(),
        "jdbcUrl",
        "does not say sslmode=verify-full, which the profile prod needs: add"
            + " ?sslmode=verify-full&sslrootcert=FILE, with the certificate of the server's authority");
  }

  private boolean provesTheServer() {
    return PROVEN.matcher(jdbcUrl).matches();
  }

  /** Without a host, the driver takes localhost. */
  private boolean onThisMachine() {
    Matcher hosts = HOSTS.matcher(jdbcUrl);
    return !hosts.matches()
        || Stream.of(hosts.group(1).split(",", -1))
            .allMatch(host -> ON_THIS_MACHINE.matcher(host).matches());
  }

  /** The address may hold passwords in its settings. */
  @Override
  public String toString() {
    return "DatabaseConfig[" + user + "@" + jdbcUrl.replaceFirst("\\?.*", "") + "]";
  }
}
