package io.querytrail.generator.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;

/** Breakers that open after failures in a row and let one call probe. */
final class BreakerSettings {
  private BreakerSettings() {}

  static CircuitBreakerConfig of(int failures, Duration openFor) {
    return CircuitBreakerConfig.custom()
        .slidingWindow(failures, failures, SlidingWindowType.COUNT_BASED)
        .failureRateThreshold(100)
        .waitDurationInOpenState(openFor)
        .permittedNumberOfCallsInHalfOpenState(1)
        .build();
  }
}
