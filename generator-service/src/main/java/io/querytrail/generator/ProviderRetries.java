package io.querytrail.generator;

import static io.querytrail.generator.resilience.ResilienceSettings.DEFAULTS;

import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Repetition of calls that failed for a reason that may pass.
 *
 * @param tries calls of one model for one request, the first among them, by default 3
 * @param baseDelay wait before the second, by default 1 second; doubles with each further one
 * @param longestDelay a provider that asks for a longer wait is not waited for, by default 20
 *     seconds
 */
public record ProviderRetries(
    @Nullable Integer tries, @Nullable Duration baseDelay, @Nullable Duration longestDelay)
    implements ValidConfig {
  private static final int MOST_TRIES = 10;

  public ProviderRetries {
    tries = Objects.requireNonNullElse(tries, DEFAULTS.tries());
    baseDelay = Objects.requireNonNullElse(baseDelay, DEFAULTS.baseDelay());
    longestDelay = Objects.requireNonNullElse(longestDelay, DEFAULTS.longestDelay());
  }

  @Override
  public void check(Problems problems) {
    problems.require(
        tries() >= 1 && tries() <= MOST_TRIES,
        "tries",
        "is " + tries() + "; use 1 to " + MOST_TRIES);
    problems.require(
        baseDelay().isPositive(), "baseDelay", "is " + baseDelay() + "; use a time such as PT1S");
    problems.require(
        longestDelay().compareTo(baseDelay()) >= 0,
        "longestDelay",
        "is " + longestDelay() + "; use baseDelay or more");
  }

  @Override
  public Integer tries() {
    return Objects.requireNonNull(tries);
  }

  @Override
  public Duration baseDelay() {
    return Objects.requireNonNull(baseDelay);
  }

  @Override
  public Duration longestDelay() {
    return Objects.requireNonNull(longestDelay);
  }
}
