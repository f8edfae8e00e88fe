package io.querytrail.generator;

import static io.querytrail.generator.resilience.ResilienceSettings.DEFAULTS;

import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leaving a model alone that fails again and again.
 *
 * @param failures in a row, by default 5
 * @param openFor until one call probes it, by default 60 seconds
 */
public record ProviderBreaker(@Nullable Integer failures, @Nullable Duration openFor)
    implements ValidConfig {
  private static final int MOST_FAILURES = 1_000;

  public ProviderBreaker {
    failures = Objects.requireNonNullElse(failures, DEFAULTS.breakerFailures());
    openFor = Objects.requireNonNullElse(openFor, DEFAULTS.breakerOpen());
  }

  @Override
  public void check(Problems problems) {
    problems.require(
        failures() >= 1 && failures() <= MOST_FAILURES,
        "failures",
        "is " + failures() + "; use 1 to " + MOST_FAILURES);
    problems.require(
        openFor().isPositive(), "openFor", "is " + openFor() + "; use a time such as PT60S");
  }

  @Override
  public Integer failures() {
    return Objects.requireNonNull(failures);
  }

  @Override
  public Duration openFor() {
    return Objects.requireNonNull(openFor);
  }
}
