package io.querytrail.generator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Generator;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Times generations and counts failures, under the names that dashboards of the systems before us
 * use. A provider that is not configured counts as "unknown", so that no admission can make up
 * label values.
 */
public final class MeteredGenerator implements Generator {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(500),
    Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10),
    Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(120)
  };

  private final Generator delegate;
  private final Set<String> providers;
  private final MeterRegistry registry;
  private final AtomicInteger inFlight = new AtomicInteger();

  public MeteredGenerator(Generator delegate, Set<String> providers, MeterRegistry registry) {
    this.delegate = delegate;
    this.providers = Set.copyOf(providers);
    this.registry = registry;
    registry.gauge("querytrail.generator.generations.in.flight", inFlight);
  }

  @Override
  public Generation generate(Admission admission) {
    inFlight.incrementAndGet();
    try {
      Generation generation = delegate.generate(admission);
      record(generation);
      return generation;
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private void record(Generation generation) {
    String provider =
        switch (generation) {
          case Generation.Generated generated -> generated.model().provider();
          case Generation.Failed failed ->
              failed.attempts().isEmpty()
                  ? failed.admission().candidates().getFirst().model().provider()
                  : failed.attempts().getLast().model().provider();
        };
    String label = providers.contains(provider) ? provider : "unknown";
    Timer.builder("ai.query.generation.duration")
        .description("Time from taking up an admission to its generation")
        .tag("provider", label)
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(generation.timing().total());
    if (generation instanceof Generation.Failed failed) {
      registry
          .counter(
              "ai.query.generation.errors", "provider", label, "error_type", failed.error().code())
          .increment();
    }
  }
}
