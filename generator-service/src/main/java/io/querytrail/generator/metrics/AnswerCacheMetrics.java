package io.querytrail.generator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.cache.CacheEvents;

/** Counts what the answer cache was good for. */
public final class AnswerCacheMetrics implements CacheEvents {
  private static final String PREFIX = "querytrail.answer.cache.";

  private final MeterRegistry registry;

  public AnswerCacheMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void hit(String tier) {
    registry.counter(PREFIX + "hits", "tier", tier).increment();
  }

  @Override
  public void miss() {
    registry.counter(PREFIX + "misses").increment();
  }

  @Override
  public void stale(String tier) {
    registry.counter(PREFIX + "stale", "tier", tier).increment();
  }

  @Override
  public void error(String tier) {
    registry.counter(PREFIX + "errors", "tier", tier).increment();
  }
}
