package io.querytrail.generator;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cache.CacheEvents;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cachestore.MemcachedCacheServer;
import io.querytrail.generator.cachestore.MemoryAnswerStore;
import io.querytrail.generator.cachestore.RedisCacheServer;
import io.querytrail.generator.cachestore.SharedAnswerStore;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.metrics.AnswerCacheMetrics;
import io.querytrail.generator.resilience.Resilience;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The answer cache as the configuration wants it. */
final class AnswerCaches {
  /** A server that fails so many times in a row is left alone for a while. */
  private static final int FAILURES = 5;

  private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

  private AnswerCaches() {}

  static AnswerCache open(
      @Nullable AnswerCacheConfig cache,
      Map<String, DatasourceConfig> datasources,
      MeterRegistry metrics,
      Resilience resilience,
      Clock clock) {
    if (cache == null) {
      return AnswerCache.none(clock);
    }
    Map<String, Duration> ttls = new HashMap<>();
    datasources.forEach((name, datasource) -> {
      if (datasource.answerCacheTtl() != null) {
        ttls.put(name, datasource.answerCacheTtl());
      }
    });
    CacheEvents events = new AnswerCacheMetrics(metrics);
    return new AnswerCache(
        store(cache, metrics, resilience, events), cache.ttl(), ttls, clock, events);
  }

  private static AnswerStore store(
      AnswerCacheConfig config, MeterRegistry metrics, Resilience resilience, CacheEvents events) {
    return switch (config.kind()) {
      case MEMORY -> {
        MemoryAnswerStore store = new MemoryAnswerStore(config.maxEntries(), System::nanoTime);
        metrics.gauge("querytrail.answer.cache.size", store, MemoryAnswerStore::size);
        yield store;
      }
      case REDIS ->
          shared(
              config,
              new RedisCacheServer(
                  config.url(), config.user(), config.password().reveal(), config.timeout()),
              resilience,
              events);
      case MEMCACHED ->
          shared(
              config,
              new MemcachedCacheServer(config.servers(), config.timeout()),
              resilience,
              events);
    };
  }

  private static AnswerStore shared(
      AnswerCacheConfig config, CacheServer server, Resilience resilience, CacheEvents events) {
    return new SharedAnswerStore(
        resilience.around(server, FAILURES, LEFT_ALONE),
        config.keyPrefix(),
        () -> UUID.randomUUID().toString(),
        events);
  }
}
