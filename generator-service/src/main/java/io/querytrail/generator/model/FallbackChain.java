package io.querytrail.generator.model;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks one model after the other until one gives an answer of use. Each keeps one send for each
 * model after it, so that the retries of the first cannot take them all.
 */
public final class FallbackChain {
  private final ModelClient models;
  private final Clock clock;

  public FallbackChain(ModelClient models, Clock clock) {
    this.models = models;
    this.clock = clock;
  }

  /**
   * How it ended, with the attempts of all models.
   *
   * @param degraded why the answer is another model's than the first one's; empty where it is not
   */
  public record Result(ModelAnswer answer, Optional<String> degraded) {}

  /** Asks the candidates in their order. */
  public Result generate(ModelCall call, List<ModelName> candidates) {
    List<Attempt> attempts = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      ModelName model = candidates.get(i);
      int after = candidates.size() - 1 - i;
      ModelAnswer answer = models.generate(call.of(model, after));
      attempts.addAll(answer.attempts());
      if (answer instanceof ModelAnswer.Failure failure) {
        failures.add(model + " failed with " + failure.error().code());
        if (after > 0 && isWorthAnother(call, failure)) {
          continue;
        }
      }
      return new Result(
          answer.with(attempts),
          i == 0 ? Optional.empty() : Optional.of(String.join(", ", failures)));
    }
    throw new IllegalArgumentException("there is no candidate");
  }

  private boolean isWorthAnother(ModelCall call, ModelAnswer.Failure failure) {
    return mayBeBetterElsewhere(failure.error())
        && call.allowance().left() > 0
        && clock.instant().isBefore(call.deadline());
  }

  private static boolean mayBeBetterElsewhere(ErrorType error) {
    return switch (error) {
      case TIMEOUT,
          RATE_LIMITED,
          QUOTA_EXCEEDED,
          AUTH,
          HTTP_4XX,
          HTTP_5XX,
          HTTP_OTHER,
          NETWORK,
          BAD_RESPONSE,
          NOT_JSON,
          WRONG_SHAPE,
          TRUNCATED,
          REFUSED,
          EMPTY,
          UNKNOWN_PROVIDER,
          BREAKER_OPEN,
          BULKHEAD_FULL ->
          true;
      case UNANSWERABLE,
          PLAN_REFUSED,
          SENDS_EXHAUSTED,
          DEADLINE,
          INPUT_TOO_LARGE,
          NO_SCHEMA,
          UNKNOWN_DATASOURCE,
          INTERRUPTED,
          RESULT_TOO_LARGE,
          INTERNAL ->
          false;
    };
  }
}
