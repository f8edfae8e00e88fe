package io.querytrail.generator.model;

import java.time.Instant;
import java.util.List;

/**
 * What a model is asked.
 *
 * @param maxOutputTokens ceiling that the provider is told
 * @param deadline the call is over by then, answered or not
 * @param allowance what this call's sends are taken from
 */
public record ModelCall(
    ModelName model,
    List<Message> messages,
    int maxOutputTokens,
    Instant deadline,
    Purpose purpose,
    SendAllowance allowance) {

  public ModelCall {
    messages = List.copyOf(messages);
  }

  /** The same call, to be over earlier. */
  public ModelCall withDeadline(Instant earlier) {
    return new ModelCall(model, messages, maxOutputTokens, earlier, purpose, allowance);
  }
}
