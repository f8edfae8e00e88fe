package io.querytrail.generator.model;

/**
 * Calls a model and waits for it. Decorators of this interface add one concern each: allowance,
 * deadline, metrics. Implementations are safe for use by several threads.
 */
@FunctionalInterface
public interface ModelClient {
  /** Never throws for anything that a provider or network does: that is a {@link ModelAnswer}. */
  ModelAnswer generate(ModelCall call);
}
