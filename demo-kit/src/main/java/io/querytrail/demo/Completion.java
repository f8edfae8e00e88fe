package io.querytrail.demo;

/**
 * What the model says, whatever the wire format.
 *
 * @param ending why it says no more
 */
record Completion(String content, TokenUsage usage, Ending ending) {
  /** The same words, ended in another way. */
  Completion endedBy(Ending other) {
    return new Completion(content, usage, other);
  }
}
