package io.querytrail.generator.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.model.ModelClient;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Puts a provider's calls behind bulkhead, retry and breaker, and shows them in the metrics. */
public final class Resilience {
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final MeterRegistry metrics;
  private final Clock clock;
  private final RandomGenerator random;

  /**
   * @param random spreads the waits of calls that failed together; safe for use by several threads
   */
  public Resilience(MeterRegistry metrics, Clock clock, RandomGenerator random) {
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(metrics);
    TaggedBulkheadMetrics.ofBulkheadRegistry(bulkheads).bindTo(metrics);
  }

  /**
   * Leaves a cache's server alone that fails.
   *
   * @param failures in a row
   * @param openFor until one call probes it
   */
  public CacheServer around(CacheServer server, int failures, Duration openFor) {
    return new BreakerCacheServer(
        server,
        breakers.circuitBreaker(
            "answer-cache:" + server.name(), BreakerSettings.of(failures, openFor)));
  }

  /**
   * Read from the inside out: room for a call, its repetition, what is left alone altogether.
   *
   * @param credentials what the provider is shown now; only compared, and asked for with each call
   */
  public ModelClient around(
      ModelClient calls, String provider, ResilienceSettings settings, Supplier<?> credentials) {
    Bulkhead room =
        bulkheads.bulkhead(
            provider,
            BulkheadConfig.custom()
                .maxConcurrentCalls(settings.maxConcurrent())
                .maxWaitDuration(Duration.ZERO)
                .build());
    ModelClient bounded = new BulkheadModelClient(calls, room, clock);
    ModelClient repeated = new RetryingModelClient(bounded, settings, metrics, clock, random);
    return new BreakerModelClient(repeated, breakers, settings, clock, credentials);
  }
}
