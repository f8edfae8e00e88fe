package io.querytrail.audit.money;

import java.math.BigDecimal;
import java.util.List;

/**
 * What one model costs. All tokens of a call are priced by the tier that its whole input falls in,
 * as providers do it, not only those beyond the tier's bound.
 *
 * @param base prices of a call whose input is in no tier
 * @param tiers of larger inputs, by rising bound
 * @param batchDiscountPercent off every price for a call that was made in batch
 */
public record ModelPrice(ClassPrices base, List<Tier> tiers, int batchDiscountPercent) {
  /**
   * Prices of a call with more input tokens than the bound.
   *
   * @param above largest number of input tokens that the tier before still prices
   */
  public record Tier(long above, ClassPrices prices) {
    /**
     * @throws IllegalArgumentException when the bound is negative
     */
    public Tier {
      if (above < 0) {
        throw new IllegalArgumentException(
            "a tier begins above " + above + " tokens; use 0 or more");
      }
    }
  }

  private static final int PERCENT = 100;

  /**
   * @throws IllegalArgumentException when tiers are out of order, or the discount is no percentage
   *     or leaves a price of more than six decimals
   */
  public ModelPrice {
    tiers = List.copyOf(tiers);
    for (int i = 1; i < tiers.size(); i++) {
      if (tiers.get(i).above() <= tiers.get(i - 1).above()) {
        throw new IllegalArgumentException(
            "a tier above %d follows one above %d; write them by rising bound"
                .formatted(tiers.get(i).above(), tiers.get(i - 1).above()));
      }
    }
    if (batchDiscountPercent < 0 || batchDiscountPercent > PERCENT) {
      throw new IllegalArgumentException(
          "batchDiscountPercent is " + batchDiscountPercent + "; use 0 to 100");
    }
    requireExact(base, batchDiscountPercent);
    for (Tier tier : tiers) {
      requireExact(tier.prices(), batchDiscountPercent);
    }
  }

  /** A model that costs the same whatever the size of its input, in batch or not. */
  public ModelPrice(
      BigDecimal input,
      BigDecimal cachedInput,
      BigDecimal cacheWrite,
      BigDecimal output,
      BigDecimal reasoning) {
    this(new ClassPrices(input, cachedInput, cacheWrite, output, reasoning), List.of(), 0);
  }

  private static void requireExact(ClassPrices prices, int discount) {
    try {
      prices.discounted(discount);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "with batchDiscountPercent %d, %s".formatted(discount, e.getMessage()), e);
    }
  }

  /** What these tokens cost in a call that was not made in batch. */
  public Money cost(TokenCounts tokens) {
    return cost(tokens, false);
  }

  /** What these tokens cost. */
  public Money cost(TokenCounts tokens, boolean batch) {
    ClassPrices prices = pricesOf(tokens.input());
    return (batch ? prices.discounted(batchDiscountPercent) : prices).cost(tokens);
  }

  private ClassPrices pricesOf(long inputTokens) {
    ClassPrices found = base;
    for (Tier tier : tiers) {
      if (inputTokens > tier.above()) {
        found = tier.prices();
      }
    }
    return found;
  }

  /**
   * The most that one call within these ceilings can cost: every token of the dearest class, in the
   * dearest of the tiers that so many input tokens can reach.
   */
  public Money ceiling(int maxInputTokens, int maxOutputTokens) {
    Money ceiling = base.ceiling(Math.min(maxInputTokens, bound(0)), maxOutputTokens);
    for (int i = 0; i < tiers.size() && maxInputTokens > tiers.get(i).above(); i++) {
      long most = Math.min(maxInputTokens, bound(i + 1));
      ceiling = Money.max(ceiling, tiers.get(i).prices().ceiling(most, maxOutputTokens));
    }
    return ceiling;
  }

  /** The same text for the same price, and another for every other. */
  public String text() {
    StringBuilder text = new StringBuilder(base.text()).append('-').append(batchDiscountPercent);
    tiers.forEach(
        tier -> text.append(" >").append(tier.above()).append(' ').append(tier.prices().text()));
    return text.toString();
  }

  /** Most input tokens that are below the tier of that index. */
  private long bound(int tier) {
    return tier < tiers.size() ? tiers.get(tier).above() : Long.MAX_VALUE;
  }
}
