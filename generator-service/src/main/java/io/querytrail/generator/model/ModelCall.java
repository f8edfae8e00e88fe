package io.querytrail.generator.model;

import java.time.Instant;
import java.util.List;

/**
 * What a model is asked.
 *
 * @param maxInputTokens ceiling that the messages keep below
 * @param maxOutputTokens ceiling that the provider is told
 * @param deadline the call is over by then, answered or not
 * @param allowance what this call's sends are taken from
 * @param reserved sends of the allowance that retries leave to other models
 */
public record ModelCall(
    ModelName model,
    List<Message> messages,
    int maxInputTokens,
    int maxOutputTokens,
    Instant deadline,
    Purpose purpose,
    SendAllowance allowance,
    int reserved) {

  public ModelCall {
    messages = List.copyOf(messages);
  }

  /** The same call, to be over earlier. */
  public ModelCall withDeadline(Instant earlier) {
    return new ModelCall(
        model, messages, maxInputTokens, maxOutputTokens, earlier, purpose, allowance, reserved);
  }

  /** The same call of another model. */
  ModelCall of(ModelName other, int reservedForOthers) {
    return new ModelCall(
        other,
        messages,
        maxInputTokens,
        maxOutputTokens,
        deadline,
        purpose,
        allowance,
        reservedForOthers);
  }
}
