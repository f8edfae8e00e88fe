package io.querytrail.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are kept, so that the same question of the same account is paid once.
 *
 * @param kind where they are kept, by default in the memory of each instance
 * @param ttl how long each is used, by default an hour; a datasource may say otherwise
 * @param maxEntries kept in memory at most, by default 10,000
 */
public record AnswerCacheConfig(
    @Nullable Kind kind, @Nullable Duration ttl, @Nullable Integer maxEntries)
    implements ValidConfig {
  private static final Duration DEFAULT_TTL = Duration.ofHours(1);

  /** Memcached takes a longer time for a date. */
  private static final Duration MAX_TTL = Duration.ofDays(30);

  private static final int DEFAULT_ENTRIES = 10_000;
  private static final int MOST_ENTRIES = 1_000_000;

  /** Where answers are kept. */
  public enum Kind {
    /** In the memory of this instance. */
    @JsonProperty("memory")
    MEMORY
  }

  public AnswerCacheConfig {
    kind = Objects.requireNonNullElse(kind, Kind.MEMORY);
    ttl = Objects.requireNonNullElse(ttl, DEFAULT_TTL);
    maxEntries = Objects.requireNonNullElse(maxEntries, DEFAULT_ENTRIES);
  }

  @Override
  public Kind kind() {
    return Objects.requireNonNull(kind);
  }

  @Override
  public Duration ttl() {
    return Objects.requireNonNull(ttl);
  }

  @Override
  public Integer maxEntries() {
    return Objects.requireNonNull(maxEntries);
  }

  @Override
  public void check(Problems problems) {
    problems.require(
        ttl().isPositive() && ttl().compareTo(MAX_TTL) <= 0,
        "ttl",
        "is " + ttl() + "; use a time such as PT1H, of 30 days (P30D) at most");
    problems.require(
        maxEntries() >= 1 && maxEntries() <= MOST_ENTRIES,
        "maxEntries",
        "is " + maxEntries() + "; use 1 to " + MOST_ENTRIES);
  }

  /** Checks a cache, where there is one, with what datasources say about it. */
  public static void check(
      Problems problems,
      @Nullable AnswerCacheConfig cache,
      @Nullable Map<String, DatasourceConfig> datasources) {
    if (cache != null) {
      problems.nested("answerCache", cache);
    } else if (datasources != null) {
      datasources.forEach((name, datasource) ->
          problems.require(
              datasource.answerCacheTtl() == null,
              "datasources." + name + ".answerCacheTtl",
              "is of no use without answerCache; add that, such as answerCache: {kind: memory}"));
    }
  }
}
