package io.querytrail.audit.money;

import java.math.BigDecimal;

/** Prices of one model by token class, each for a million tokens. */
public record ModelPrice(
    BigDecimal input,
    BigDecimal cachedInput,
    BigDecimal cacheWrite,
    BigDecimal output,
    BigDecimal reasoning) {
  /** Decimals that a price may have, so that every cost is exact. */
  public static final int MAX_SCALE = 6;

  private static final int MILLION = 6;

  /**
   * @throws IllegalArgumentException when a price is negative or has more than six decimals
   */
  public ModelPrice {
    require(input, "input");
    require(cachedInput, "cachedInput");
    require(cacheWrite, "cacheWrite");
    require(output, "output");
    require(reasoning, "reasoning");
  }

  private static void require(BigDecimal price, String name) {
    if (price.signum() < 0) {
      throw new IllegalArgumentException(
          name + " is " + price.toPlainString() + "; a price is 0 or more");
    }
    if (price.stripTrailingZeros().scale() > MAX_SCALE) {
      throw new IllegalArgumentException(
          name + " is " + price.toPlainString() + "; at most six decimals are taken");
    }
  }

  /** What these tokens cost. */
  public Money cost(TokenCounts tokens) {
    long plainInput = tokens.input() - tokens.cachedInput() - tokens.cacheWrite();
    return new Money(
        part(input, plainInput)
            .add(part(cachedInput, tokens.cachedInput()))
            .add(part(cacheWrite, tokens.cacheWrite()))
            .add(part(output, tokens.output() - tokens.reasoning()))
            .add(part(reasoning, tokens.reasoning())));
  }

  /** The most that one call within these ceilings can cost: every token of the dearest class. */
  public Money ceiling(int maxInputTokens, int maxOutputTokens) {
    return new Money(
        part(input.max(cachedInput).max(cacheWrite), maxInputTokens)
            .add(part(output.max(reasoning), maxOutputTokens)));
  }

  private static BigDecimal part(BigDecimal pricePerMillion, long tokens) {
    return pricePerMillion.multiply(BigDecimal.valueOf(tokens)).movePointLeft(MILLION);
  }
}
