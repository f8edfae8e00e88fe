package io.querytrail.generator.resilience;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Leaves a model alone for a while when it has failed several times in a row. What the model said
 * is no failure here, however useless it was: its provider works. A model that refused a key is
 * tried at once when there is another key.
 */
final class BreakerModelClient implements ModelClient {
  /** Who gave the provider less than this has no right to blame it. */
  private static final Duration FAIR_TIME = Duration.ofMillis(500);

  private final ModelClient delegate;
  private final CircuitBreakerRegistry breakers;
  private final CircuitBreakerConfig config;
  private final Clock clock;
  private final Supplier<?> credentials;
  private final Map<ModelName, Object> refused = new ConcurrentHashMap<>();

  BreakerModelClient(
      ModelClient delegate,
      CircuitBreakerRegistry breakers,
      ResilienceSettings settings,
      Clock clock,
      Supplier<?> credentials) {
    this.delegate = delegate;
    this.credentials = credentials;
    this.breakers = breakers;
    this.clock = clock;
    this.config = BreakerSettings.of(settings.breakerFailures(), settings.breakerOpen());
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    CircuitBreaker breaker = breakers.circuitBreaker(call.model().toString(), config);
    Instant started = clock.instant();
    Object shown = credentials.get();
    if (!breaker.tryAcquirePermission() && !isForgiven(breaker, call.model(), shown)) {
      return new ModelAnswer.Failure(
          ErrorType.BREAKER_OPEN,
          "the model is left alone for a while, since it failed several times in a row",
          List.of(Attempt.unsent(call, started, ErrorType.BREAKER_OPEN)));
    }
    boolean told = false;
    long start = System.nanoTime();
    try {
      ModelAnswer answer = delegate.generate(call);
      boolean fair = Duration.between(started, call.deadline()).compareTo(FAIR_TIME) >= 0;
      tell(breaker, answer, System.nanoTime() - start, fair);
      told = true;
      remember(call.model(), answer, shown);
      return answer;
    } finally {
      if (!told) {
        breaker.releasePermission();
      }
    }
  }

  /** Whether what was refused last is shown no more; the breaker then begins anew. */
  private boolean isForgiven(CircuitBreaker breaker, ModelName model, Object shown) {
    Object before = refused.get(model);
    if (before == null || before.equals(shown) || !refused.remove(model, before)) {
      return false;
    }
    breaker.reset();
    return breaker.tryAcquirePermission();
  }

  private void remember(ModelName model, ModelAnswer answer, Object shown) {
    if (answer instanceof ModelAnswer.Failure failure && failure.error() == ErrorType.AUTH) {
      refused.put(model, shown);
    } else if (answer instanceof ModelAnswer.Text) {
      refused.remove(model);
    }
  }

  private static void tell(CircuitBreaker breaker, ModelAnswer answer, long nanos, boolean fair) {
    if (answer instanceof ModelAnswer.Failure failure) {
      switch (blame(failure.error())) {
        case PROVIDER -> {
          if (failure.error() == ErrorType.TIMEOUT && !fair) {
            breaker.releasePermission();
          } else {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, new ProviderFailed(failure.error()));
          }
        }
        case MODEL -> breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        case NOBODY -> breaker.releasePermission();
      }
    } else {
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private enum Blame {
    PROVIDER,
    MODEL,
    NOBODY
  }

  private static Blame blame(ErrorType error) {
    return switch (error) {
      case TIMEOUT,
          RATE_LIMITED,
          QUOTA_EXCEEDED,
          AUTH,
          HTTP_5XX,
          HTTP_OTHER,
          NETWORK,
          BAD_RESPONSE ->
          Blame.PROVIDER;
      case NOT_JSON, WRONG_SHAPE, TRUNCATED, REFUSED, EMPTY, UNANSWERABLE, PLAN_REFUSED, HTTP_4XX ->
          Blame.MODEL;
      case UNKNOWN_PROVIDER,
          BREAKER_OPEN,
          BULKHEAD_FULL,
          SENDS_EXHAUSTED,
          DEADLINE,
          INPUT_TOO_LARGE,
          NO_SCHEMA,
          UNKNOWN_DATASOURCE,
          INTERRUPTED,
          RESULT_TOO_LARGE,
          INTERNAL ->
          Blame.NOBODY;
    };
  }

  /** For the breaker's books alone: nobody throws it. */
  private static final class ProviderFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderFailed(ErrorType error) {
      super(error.code(), null, false, false);
    }
  }
}
