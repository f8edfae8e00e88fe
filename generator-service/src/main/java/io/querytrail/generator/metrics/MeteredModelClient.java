package io.querytrail.generator.metrics;

import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;

/** Counts each attempt of the client beneath. */
public final class MeteredModelClient implements ModelClient {
  private final ModelClient delegate;
  private final GenAiMetrics metrics;

  public MeteredModelClient(ModelClient delegate, GenAiMetrics metrics) {
    this.delegate = delegate;
    this.metrics = metrics;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    ModelAnswer answer = delegate.generate(call);
    answer.attempts().forEach(metrics::record);
    return answer;
  }
}
