package io.querytrail.generator.model;

import java.util.List;

/**
 * Takes each send from the admission's allowance, and sends nothing when it is used up. What
 * certainly never left is given back.
 */
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
    ModelAnswer answer = delegate.generate(call);
    if (answer instanceof ModelAnswer.Failure
        && answer.attempts().stream().noneMatch(Attempt::sent)) {
      call.allowance().giveBack();
    }
    return answer;
  }
}
