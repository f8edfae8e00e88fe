package io.querytrail.cli;

import io.querytrail.events.TokenUsage;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * What a model's tokens cost, for a check that must not ask the ledger. Unit: dollars for a million
 * tokens.
 *
 * @param maxInputTokens ceiling of one call
 * @param maxOutputTokens ceiling of one call
 */
record ModelTariff(
    BigDecimal input,
    BigDecimal cachedInput,
    BigDecimal output,
    int maxInputTokens,
    int maxOutputTokens) {
  private static final int MILLION_DIGITS = 6;

  /** Of gpt-4o-mini, as its provider publishes it. */
  static ModelTariff gpt4oMini(int maxInputTokens, int maxOutputTokens) {
    return new ModelTariff(
        new BigDecimal("0.15"),
        new BigDecimal("0.075"),
        new BigDecimal("0.60"),
        maxInputTokens,
        maxOutputTokens);
  }

  /** Of one call with this usage. */
  BigDecimal cost(TokenUsage usage) {
    return cost(
        Objects.requireNonNull(usage.getInputTokens()),
        Objects.requireNonNullElse(usage.getCachedInputTokens(), 0L),
        Objects.requireNonNull(usage.getOutputTokens()));
  }

  /** Of one call; the cached tokens are part of the input. */
  BigDecimal cost(long inputTokens, long cachedTokens, long outputTokens) {
    return input
        .multiply(BigDecimal.valueOf(inputTokens - cachedTokens))
        .add(cachedInput.multiply(BigDecimal.valueOf(cachedTokens)))
        .add(output.multiply(BigDecimal.valueOf(outputTokens)))
        .movePointLeft(MILLION_DIGITS);
  }

  /** The most that one call can cost. */
  BigDecimal ceiling() {
    return cost(maxInputTokens, 0, maxOutputTokens);
  }
}
