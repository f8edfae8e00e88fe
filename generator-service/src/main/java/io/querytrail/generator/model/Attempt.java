package io.querytrail.generator.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call of one model, whether it answered or not.
 *
 * @param responseModel the model that the provider says it used
 * @param sent false only when it is certain that no byte of the request left
 * @param latency from the first byte sent to the last byte read or the failure
 * @param error null when the attempt gave a usable answer
 * @param usage null when nothing was reported
 */
public record Attempt(
    ModelName model,
    @Nullable String responseModel,
    Purpose purpose,
    boolean sent,
    Instant startedAt,
    Duration latency,
    @Nullable ErrorType error,
    @Nullable Integer httpStatus,
    @Nullable Usage usage) {

  /** An attempt that ended before anything left. */
  public static Attempt unsent(ModelCall call, Instant at, ErrorType error) {
    return new Attempt(
        call.model(), null, call.purpose(), false, at, Duration.ZERO, error, null, null);
  }

  /** The same attempt, now known to have given nothing usable. */
  public Attempt failed(ErrorType why) {
    return new Attempt(
        model, responseModel, purpose, sent, startedAt, latency, why, httpStatus, usage);
  }
}
