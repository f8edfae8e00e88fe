package io.querytrail.generator;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cachestore.MemoryAnswerStore;
import io.querytrail.generator.metrics.AnswerCacheMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The answer cache as the configuration wants it. */
final class AnswerCaches {
  private AnswerCaches() {}

  static AnswerCache open(GeneratorConfig config, MeterRegistry metrics, Clock clock) {
    AnswerCacheConfig cache = config.answerCache();
    if (cache == null) {
      return AnswerCache.none(clock);
    }
    Map<String, Duration> ttls = new HashMap<>();
    config
        .datasources()
        .forEach((name, datasource) -> {
          if (datasource.answerCacheTtl() != null) {
            ttls.put(name, datasource.answerCacheTtl());
          }
        });
    return new AnswerCache(
        store(cache, metrics), cache.ttl(), ttls, clock, new AnswerCacheMetrics(metrics));
  }

  private static AnswerStore store(AnswerCacheConfig config, MeterRegistry metrics) {
    return switch (config.kind()) {
      case MEMORY -> {
        MemoryAnswerStore store = new MemoryAnswerStore(config.maxEntries(), System::nanoTime);
        metrics.gauge("querytrail.answer.cache.size", store, MemoryAnswerStore::size);
        yield store;
      }
    };
  }
}
