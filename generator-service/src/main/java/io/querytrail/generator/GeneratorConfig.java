package io.querytrail.generator;

import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of the generator service.
 *
 * @param groupId consumer group, by default {@code querytrail-generator}
 * @param maxInFlight admissions in hand at once, by default 1,000
 * @param drainTimeout how long those in hand may take when the service stops or a partition moves,
 *     by default 30 seconds
 * @param schemaCacheTtl how long a discovered schema is used, by default 5 minutes
 * @param schemaCheckInterval how long it is used without a look at whether the catalogs changed, by
 *     default 10 seconds
 * @param answerCache where answers are kept; without it none are
 * @param providers by the names that policies use
 * @param datasources by the names that policies use
 */
public record GeneratorConfig(
    KafkaConfig kafka,
    HttpConfig http,
    @Nullable String groupId,
    @Nullable Integer maxInFlight,
    @Nullable Duration drainTimeout,
    @Nullable Duration schemaCacheTtl,
    @Nullable Duration schemaCheckInterval,
    @Nullable AnswerCacheConfig answerCache,
    Map<String, ProviderConfig> providers,
    Map<String, DatasourceConfig> datasources)
    implements ValidConfig {
  private static final String DEFAULT_GROUP = "querytrail-generator";
  private static final int DEFAULT_IN_FLIGHT = 1_000;
  private static final int MOST_IN_FLIGHT = 100_000;
  private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);
  private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);
  private static final Duration DEFAULT_CHECK = Duration.ofSeconds(10);

  public GeneratorConfig {
    groupId = Objects.requireNonNullElse(groupId, DEFAULT_GROUP);
    maxInFlight = Objects.requireNonNullElse(maxInFlight, DEFAULT_IN_FLIGHT);
    drainTimeout = Objects.requireNonNullElse(drainTimeout, DEFAULT_DRAIN);
    schemaCacheTtl = Objects.requireNonNullElse(schemaCacheTtl, DEFAULT_TTL);
    schemaCheckInterval = Objects.requireNonNullElse(schemaCheckInterval, DEFAULT_CHECK);
  }

  @Override
  public String groupId() {
    return Objects.requireNonNull(groupId);
  }

  @Override
  public Integer maxInFlight() {
    return Objects.requireNonNull(maxInFlight);
  }

  @Override
  public Duration drainTimeout() {
    return Objects.requireNonNull(drainTimeout);
  }

  @Override
  public Duration schemaCacheTtl() {
    return Objects.requireNonNull(schemaCacheTtl);
  }

  @Override
  public Duration schemaCheckInterval() {
    return Objects.requireNonNull(schemaCheckInterval);
  }

  @Override
  public void check(Problems problems) {
    problems.nested("kafka", kafka);
    problems.nested("http", http);
    problems.required("groupId", groupId());
    problems.require(
        maxInFlight() >= 1 && maxInFlight() <= MOST_IN_FLIGHT,
        "maxInFlight",
        "is " + maxInFlight() + "; use 1 to " + MOST_IN_FLIGHT);
    problems.require(
        !drainTimeout().isNegative() && drainTimeout().compareTo(Duration.ofMinutes(4)) <= 0,
        "drainTimeout",
        "is " + drainTimeout() + "; use PT0S to PT4M, since the group waits only 5 minutes");
    problems.require(
        !schemaCacheTtl().isNegative(),
        "schemaCacheTtl",
        "is " + schemaCacheTtl() + "; use a time such as PT5M");
    problems.require(
        !schemaCheckInterval().isNegative(),
        "schemaCheckInterval",
        "is " + schemaCheckInterval() + "; use a time such as PT10S");
    AnswerCacheConfig.check(problems, answerCache, datasources);
    problems.each("providers", providers);
    problems.each("datasources", datasources);
  }
}
