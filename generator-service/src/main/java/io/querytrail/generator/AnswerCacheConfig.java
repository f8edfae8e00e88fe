package io.querytrail.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.ValidConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are kept, so that the same question of the same account is paid once.
 *
 * @param kind where they are kept, by default in the memory of each instance
 * @param ttl how long each is used, by default an hour; a datasource may say otherwise
 * @param maxEntries kept in memory at most, by default 10,000
 * @param url of Redis, as {@code redis://HOST:PORT} or {@code rediss://HOST:PORT/DATABASE}
 * @param user of Redis, by default its default user
 * @param password of Redis
 * @param servers of memcached, each as {@code HOST:PORT}
 * @param keyPrefix of every key in a server, by default {@code querytrail}
 * @param timeout longest wait for a server, by default 50 milliseconds
 */
public record AnswerCacheConfig(
    @Nullable Kind kind,
    @Nullable Duration ttl,
    @Nullable Integer maxEntries,
    @Nullable String url,
    @Nullable String user,
    @Nullable Secret password,
    @Nullable List<String> servers,
    @Nullable String keyPrefix,
    @Nullable Duration timeout)
    implements ValidConfig {
  private static final Duration DEFAULT_TTL = Duration.ofHours(1);

  /** Memcached takes a longer time for a date. */
  private static final Duration MAX_TTL = Duration.ofDays(30);

  private static final int DEFAULT_ENTRIES = 10_000;
  private static final int MOST_ENTRIES = 1_000_000;
  private static final String DEFAULT_PREFIX = "querytrail";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(50);
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(5);
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
  private static final Pattern SERVER = Pattern.compile("[^\\s:,/@]+:[0-9]{1,5}");

  /** Where answers are kept. */
  public enum Kind {
    /** In the memory of each instance. */
    @JsonProperty("memory")
    MEMORY,
    /** In one Redis for all instances. */
    @JsonProperty("redis")
    REDIS,
    /** In memcached servers for all instances. */
    @JsonProperty("memcached")
    MEMCACHED
  }

  public AnswerCacheConfig {
    kind = Objects.requireNonNullElse(kind, Kind.MEMORY);
    ttl = Objects.requireNonNullElse(ttl, DEFAULT_TTL);
    maxEntries = Objects.requireNonNullElse(maxEntries, DEFAULT_ENTRIES);
    url = Objects.requireNonNullElse(url, "");
    user = Objects.requireNonNullElse(user, "");
    password = Objects.requireNonNullElseGet(password, () -> new Secret(""));
    servers = servers == null ? List.of() : List.copyOf(servers);
    keyPrefix = Objects.requireNonNullElse(keyPrefix, DEFAULT_PREFIX);
    timeout = Objects.requireNonNullElse(timeout, DEFAULT_TIMEOUT);
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
  public String url() {
    return Objects.requireNonNull(url);
  }

  @Override
  public String user() {
    return Objects.requireNonNull(user);
  }

  @Override
  public Secret password() {
    return Objects.requireNonNull(password);
  }

  @Override
  public List<String> servers() {
    return Objects.requireNonNull(servers);
  }

  @Override
  public String keyPrefix() {
    return Objects.requireNonNull(keyPrefix);
  }

  @Override
  public Duration timeout() {
    return Objects.requireNonNull(timeout);
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
    problems.require(
        PREFIX.matcher(keyPrefix()).matches(),
        "keyPrefix",
        "is '" + keyPrefix() + "'; use 1 to 64 of the characters A-Z a-z 0-9 . _ : -");
    problems.require(
        timeout().toMillis() >= 1 && timeout().compareTo(MAX_TIMEOUT) <= 0,
        "timeout",
        "is " + timeout() + "; use a time such as PT0.05S, of 5 seconds at most");
    checkServers(problems);
  }

  private void checkServers(Problems problems) {
    problems.require(
        kind() == Kind.REDIS ? isRedis(url()) : url().isEmpty(),
        "url",
        kind() == Kind.REDIS
            ? "is not of the form redis://HOST:PORT; name and password go into user and password"
            : "is of no use where kind is not redis");
    problems.require(
        kind() == Kind.REDIS || password().isEmpty() && user().isEmpty(),
        "password",
        "is of no use where kind is not redis");
    problems.require(
        kind() == Kind.MEMCACHED
            ? !servers().isEmpty()
                && servers().stream().allMatch(server -> SERVER.matcher(server).matches())
            : servers().isEmpty(),
        "servers",
        kind() == Kind.MEMCACHED
            ? "is " + servers() + "; name at least one, as [\"HOST:PORT\"]"
            : "is of no use where kind is not memcached");
  }

  /** Credentials in a URL would show wherever it is printed. */
  private static boolean isRedis(String url) {
    try {
      URI uri = URI.create(url);
      return ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
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
