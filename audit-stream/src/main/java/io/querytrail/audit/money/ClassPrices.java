package io.querytrail.audit.money;

import java.math.BigDecimal;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prices by token class, each for a million tokens.
 *
 * @param input of input tokens that are neither read from the cache nor written to it
 * @param cachedInput of input tokens read from the provider's cache
 * @param cacheWrite of input tokens written to it
 * @param output of output tokens that are no reasoning
 * @param reasoning of output tokens spent on reasoning
 */
public record ClassPrices(
    BigDecimal input,
    BigDecimal cachedInput,
    BigDecimal cacheWrite,
    BigDecimal output,
    BigDecimal reasoning) {
  /** Decimals that a price may have, so that every cost is exact. */
  public static final int MAX_SCALE = 6;

  private static final int MAX_WHOLE_DIGITS = 9;
  private static final int MILLION = 6;
  private static final int HUNDRED = 2;

  /**
   * @throws IllegalArgumentException when a price is negative or has more than six decimals
   */
  public ClassPrices {
    input = checked(input, "input");
    cachedInput = checked(cachedInput, "cachedInput");
    cacheWrite = checked(cacheWrite, "cacheWrite");
    output = checked(output, "output");
    reasoning = checked(reasoning, "reasoning");
  }

  /** The same price always looks the same, however many zeros it was written with. */
  private static BigDecimal checked(BigDecimal price, String name) {
    if (price.signum() < 0) {
      throw new IllegalArgumentException(
          name + " is " + price.toPlainString() + "; a price is 0 or more");
    }
    BigDecimal stripped = price.stripTrailingZeros();
    if (stripped.scale() > MAX_SCALE) {
      throw new IllegalArgumentException(
          name + " is " + price.toPlainString() + "; at most six decimals are taken");
    }
    if (stripped.precision() - stripped.scale() > MAX_WHOLE_DIGITS) {
      throw new IllegalArgumentException(
          name + " is " + price + "; at most " + MAX_WHOLE_DIGITS + " digits before the point");
    }
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** What these tokens cost: every token once, by its class. */
  Money cost(TokenCounts tokens) {
    long plainInput = tokens.input() - tokens.cachedInput() - tokens.cacheWrite();
    BigDecimal cost = with(BigDecimal.ZERO, input, plainInput);
    cost = with(cost, cachedInput, tokens.cachedInput());
    cost = with(cost, cacheWrite, tokens.cacheWrite());
    cost = with(cost, output, tokens.output() - tokens.reasoning());
    cost = with(cost, reasoning, tokens.reasoning());
    return new Money(cost);
  }

  /** So many tokens of the dearest class on either side. */
  Money ceiling(long maxInputTokens, long maxOutputTokens) {
    BigDecimal ofInput =
        with(BigDecimal.ZERO, input.max(cachedInput).max(cacheWrite), maxInputTokens);
    return new Money(with(ofInput, output.max(reasoning), maxOutputTokens));
  }

  /**
   * @throws IllegalArgumentException when a price would then have more than six decimals
   */
  ClassPrices discounted(int percent) {
    BigDecimal rest = BigDecimal.valueOf(100L - percent, HUNDRED);
    return new ClassPrices(
        input.multiply(rest),
        cachedInput.multiply(rest),
        cacheWrite.multiply(rest),
        output.multiply(rest),
        reasoning.multiply(rest));
  }

  String text() {
    return Stream.of(input, cachedInput, cacheWrite, output, reasoning)
        .map(BigDecimal::toPlainString)
        .collect(Collectors.joining("/"));
  }

  /** Most calls use two of the five classes, so nothing is done for a class without tokens. */
  private static BigDecimal with(BigDecimal cost, BigDecimal pricePerMillion, long tokens) {
    return tokens == 0
        ? cost
        : cost.add(pricePerMillion.multiply(BigDecimal.valueOf(tokens, MILLION)));
  }
}
