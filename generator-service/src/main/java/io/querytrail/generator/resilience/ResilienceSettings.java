package io.querytrail.generator.resilience;

import java.time.Duration;

/**
 * How much trouble of a provider is put up with.
 *
 * @param tries calls of one model for one request, the first among them
 * @param baseDelay wait before the second try; doubles with each further one
 * @param longestDelay a provider that asks for a longer wait is not waited for
 * @param breakerFailures failures in a row after which a model is left alone
 * @param breakerOpen how long it is left alone, before one call probes it
 * @param maxConcurrent calls of the provider at a time
 */
public record ResilienceSettings(
    int tries,
    Duration baseDelay,
    Duration longestDelay,
    int breakerFailures,
    Duration breakerOpen,
    int maxConcurrent) {
  public static final ResilienceSettings DEFAULTS =
      new ResilienceSettings(
          3, Duration.ofSeconds(1), Duration.ofSeconds(20), 5, Duration.ofSeconds(60), 1_000);
}
