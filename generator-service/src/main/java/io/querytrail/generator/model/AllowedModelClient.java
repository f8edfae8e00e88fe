package io.querytrail.generator.model;

import java.util.List;

/** Takes each send from the admission's allowance, and sends nothing when it is used up. */
public final class AllowedModelClient implements ModelClient {
  private final ModelClient delegate;

  public AllowedModelClient(ModelClient delegate) {
    this.delegate = delegate;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    if (!call.allowance().tryTake()) {
      return new ModelAnswer.Failure(
          ErrorType.SENDS_EXHAUSTED, "the admission allows no further model call", List.of());
    }
    return delegate.generate(call);
  }
}
