package io.querytrail.generator.model;

/** What of a model's ceiling of input tokens a prompt may fill. Safe for use by several threads. */
@FunctionalInterface
public interface InputCeiling {
  /** The most tokens by our own {@link TokenCounter} that surely stay below the ceiling. */
  int countedTokens(ModelName model, int maxInputTokens);
}
