package io.querytrail.generator.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Gives each call at most so long, and sends nothing when the admission's deadline has passed. */
public final class DeadlineModelClient implements ModelClient {
  private final ModelClient delegate;
  private final Duration timeout;
  private final Clock clock;

  public DeadlineModelClient(ModelClient delegate, Duration timeout, Clock clock) {
    this.delegate = delegate;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    if (Thread.currentThread().isInterrupted()) {
      return new ModelAnswer.Failure(ErrorType.INTERRUPTED, "the service is stopping", List.of());
    }
    Instant now = clock.instant();
    if (!now.isBefore(call.deadline())) {
      return new ModelAnswer.Failure(
          ErrorType.DEADLINE, "the deadline passed before the model was called", List.of());
    }
    Instant own = now.plus(timeout);
    return delegate.generate(own.isBefore(call.deadline()) ? call.withDeadline(own) : call);
  }
}
