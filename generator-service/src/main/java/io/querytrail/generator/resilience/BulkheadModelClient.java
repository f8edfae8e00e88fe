package io.querytrail.generator.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import java.time.Clock;
import java.util.List;

/** Lets so many calls through at a time; nobody queues here, the retry waits. */
final class BulkheadModelClient implements ModelClient {
  private final ModelClient delegate;
  private final Bulkhead bulkhead;
  private final Clock clock;

  BulkheadModelClient(ModelClient delegate, Bulkhead bulkhead, Clock clock) {
    this.delegate = delegate;
    this.bulkhead = bulkhead;
    this.clock = clock;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    if (!bulkhead.tryAcquirePermission()) {
      return new ModelAnswer.Failure(
          ErrorType.BULKHEAD_FULL,
          "the provider has as many calls at a time as it may",
          List.of(Attempt.unsent(call, clock.instant(), ErrorType.BULKHEAD_FULL)));
    }
    try {
      return delegate.generate(call);
    } finally {
      bulkhead.onComplete();
    }
  }
}
