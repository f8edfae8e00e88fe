package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One model call with the money the ledger put on it.
 *
 * @param number place in its dispatch, from 1
 * @param sent false only when it is certain that no byte left
 * @param estimated the ceiling was charged because usage was not reported
 */
public record Attempt(
    int number,
    String provider,
    String model,
    @Nullable String responseModel,
    String purpose,
    boolean sent,
    Instant startedAt,
    long latencyMillis,
    @Nullable String errorType,
    @Nullable Integer httpStatus,
    Tokens tokens,
    BigDecimal cost,
    boolean estimated) {
  public Attempt {
    StorableTime.check("started_at", startedAt);
  }

  /**
   * What the name of the model that answered has beyond that of the model that was asked; null
   * where it begins otherwise.
   */
  public @Nullable String responseSuffix() {
    return responseModel != null && responseModel.startsWith(model)
        ? responseModel.substring(model.length())
        : null;
  }

  /** Whether the tokens of this call are known, or known to be none. */
  boolean usageKnown() {
    return !sent || (tokens.input() != null && tokens.output() != null);
  }
}
