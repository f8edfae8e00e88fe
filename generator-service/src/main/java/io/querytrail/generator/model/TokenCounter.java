package io.querytrail.generator.model;

/** Counts tokens before they are paid for. */
@FunctionalInterface
public interface TokenCounter {
  /** Tokens of the text, never fewer than a provider will count. */
  int count(String text);
}
