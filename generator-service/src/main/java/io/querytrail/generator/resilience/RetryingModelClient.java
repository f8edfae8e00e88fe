package io.querytrail.generator.resilience;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Calls again where waiting may help, within the deadline and without the sends that are kept for
 * other models. Waits for twice as long each time, or for as long as the provider asks.
 */
final class RetryingModelClient implements ModelClient {
  private static final int REQUEST_TIMEOUT = 408;

  private final ModelClient delegate;
  private final ResilienceSettings settings;
  private final MeterRegistry metrics;
  private final Clock clock;
  private final RandomGenerator random;
  private final Retry retry;

  RetryingModelClient(
      ModelClient delegate,
      ResilienceSettings settings,
      MeterRegistry metrics,
      Clock clock,
      RandomGenerator random) {
    this.delegate = delegate;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
    this.retry =
        Retry.of(
            "models",
            RetryConfig.<Try>custom()
                .maxAttempts(settings.tries())
                .retryOnResult(Try::again)
                .intervalBiFunction((number, result) -> result.get().delay().toMillis())
                .build());
  }

  /** One call, and whether and when another one follows. */
  private record Try(ModelAnswer answer, boolean again, Duration delay) {}

  @Override
  public ModelAnswer generate(ModelCall call) {
    List<Attempt> attempts = new ArrayList<>();
    int[] number = {0};
    try {
      return withAttempts(
          retry.executeSupplier(() -> next(call, attempts, ++number[0])).answer(), attempts);
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        // Woken from the wait between two calls: what was sent before has to be told.
        return new ModelAnswer.Failure(ErrorType.INTERRUPTED, "the service is stopping", attempts);
      }
      throw e;
    }
  }

  private Try next(ModelCall call, List<Attempt> attempts, int number) {
    ModelAnswer answer = delegate.generate(call);
    attempts.addAll(answer.attempts());
    if (number < settings.tries()
        && answer instanceof ModelAnswer.Failure failure
        && mayPass(failure)
        && call.allowance().left() > call.reserved()) {
      Duration delay = delay(failure, number);
      if (delay.compareTo(settings.longestDelay()) <= 0
          && clock.instant().plus(delay).isBefore(call.deadline())) {
        count(call, failure);
        return new Try(answer, true, delay);
      }
    }
    return new Try(answer, false, Duration.ZERO);
  }

  /** A call that took all the time it was given is not repeated: only the provider's 408 is. */
  private static boolean mayPass(ModelAnswer.Failure failure) {
    return switch (failure.error()) {
      case RATE_LIMITED, HTTP_5XX, NETWORK, BULKHEAD_FULL -> true;
      case TIMEOUT -> {
        Integer status =
            failure.attempts().isEmpty() ? null : failure.attempts().getLast().httpStatus();
        yield status != null && status == REQUEST_TIMEOUT;
      }
      default -> false;
    };
  }

  /** Between half and all of the doubled delay, so that calls that failed together come apart. */
  private Duration delay(ModelAnswer.Failure failure, int number) {
    Duration full = settings.baseDelay().multipliedBy(1L << Math.min(number - 1, 20));
    Duration own = Duration.ofNanos((long) (full.toNanos() * (0.5 + random.nextDouble() / 2)));
    Duration asked = failure.retryAfter();
    return asked != null && asked.compareTo(own) > 0 ? asked : own;
  }

  private void count(ModelCall call, ModelAnswer.Failure failure) {
    metrics
        .counter(
            "querytrail.generator.retries",
            "provider",
            call.model().provider(),
            "model",
            call.model().model(),
            "error_type",
            failure.error().code())
        .increment();
  }

  private static ModelAnswer withAttempts(ModelAnswer answer, List<Attempt> attempts) {
    return answer.attempts().size() == attempts.size() ? answer : answer.with(attempts);
  }
}
