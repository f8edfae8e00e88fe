package io.querytrail.generator.prompt;

/** What came of writing a prompt. */
public sealed interface PromptWriting {
  /** The prompt fits. */
  record Written(Prompt prompt) implements PromptWriting {}

  /**
   * Nothing useful fits below the ceiling.
   *
   * @param needed tokens of the question without any schema
   */
  record TooLarge(int needed) implements PromptWriting {}
}
