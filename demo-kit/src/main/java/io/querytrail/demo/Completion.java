package io.querytrail.demo;

/**
 * What the model says, whatever the wire format.
 *
 * @param cutOff true if the ceiling of tokens ended it
 */
record Completion(String content, TokenUsage usage, boolean cutOff) {}
