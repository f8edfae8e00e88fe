package io.querytrail.generator.discovery;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.ValidConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a target database.
 *
 * @param user a role that may read what models may be shown, and no more
 * @param maxConnections size of the pool, by default 8
 * @param connectTimeout longest wait for a connection, by default 5 seconds
 * @param statementTimeout longest run of one statement on the server, by default 5 seconds
 * @param answerCacheTtl how long an answer is used again, by default as the answer cache says; zero
 *     for never
 * @param sampleValues how many frequent values of each text column with few of them models are
 *     shown; 0, the default, is none
 * @param warm schemas that are read when the service starts, so that no question waits for that; by
 *     default none
 */
public record DatasourceConfig(
    String jdbcUrl,
    String user,
    @Nullable Secret password,
    @Nullable Integer maxConnections,
    @Nullable Duration connectTimeout,
    @Nullable Duration statementTimeout,
    @Nullable Duration answerCacheTtl,
    @Nullable Integer sampleValues,
    @Nullable List<String> warm)
    implements ValidConfig {
  /**
   * Seven plans at a time: at 5 ms a journey, 1,400 in a second. They open when they are needed.
   */
  private static final int DEFAULT_CONNECTIONS = 8;

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_SAMPLES = 20;

  public DatasourceConfig {
    password = Objects.requireNonNullElseGet(password, () -> new Secret(""));
    maxConnections = Objects.requireNonNullElse(maxConnections, DEFAULT_CONNECTIONS);
    connectTimeout = Objects.requireNonNullElse(connectTimeout, DEFAULT_TIMEOUT);
    statementTimeout = Objects.requireNonNullElse(statementTimeout, DEFAULT_TIMEOUT);
    sampleValues = Objects.requireNonNullElse(sampleValues, 0);
    warm = warm == null ? List.of() : List.copyOf(warm);
  }

  /** One with nothing out of the ordinary. */
  public static DatasourceConfig of(String jdbcUrl, String user, Secret password) {
    return new DatasourceConfig(jdbcUrl, user, password, null, null, null, null, null, null);
  }

  @Override
  public Secret password() {
    return Objects.requireNonNull(password);
  }

  @Override
  public Integer maxConnections() {
    return Objects.requireNonNull(maxConnections);
  }

  @Override
  public Duration connectTimeout() {
    return Objects.requireNonNull(connectTimeout);
  }

  @Override
  public Duration statementTimeout() {
    return Objects.requireNonNull(statementTimeout);
  }

  @Override
  public Integer sampleValues() {
    return Objects.requireNonNull(sampleValues);
  }

  @Override
  public List<String> warm() {
    return Objects.requireNonNull(warm);
  }

  @Override
  public void check(Problems problems) {
    new DatabaseConfig(jdbcUrl, user, password(), maxConnections()).check(problems);
    // HikariCP takes no less.
    problems.require(
        connectTimeout().toMillis() >= 250,
        "connectTimeout",
        "is " + connectTimeout() + "; use PT0.25S or more");
    problems.require(
        statementTimeout().toMillis() >= 1,
        "statementTimeout",
        "is " + statementTimeout() + "; use PT0.001S or more");
    problems.require(
        answerCacheTtl == null
            || !answerCacheTtl.isNegative() && answerCacheTtl.compareTo(Duration.ofDays(30)) <= 0,
        "answerCacheTtl",
        "is "
            + answerCacheTtl
            + "; use a time such as PT10M, of 30 days at most, or PT0S for never");
    problems.require(
        sampleValues() >= 0 && sampleValues() <= MOST_SAMPLES,
        "sampleValues",
        "is " + sampleValues() + "; use 0 to " + MOST_SAMPLES);
  }
}
