package io.querytrail.audit.prices;

import io.querytrail.audit.money.ClassPrices;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Prices by token class, each for a million tokens; the ones that are left out follow others. */
record ClassLine(
    @Nullable BigDecimal input,
    @Nullable BigDecimal cachedInput,
    @Nullable BigDecimal cacheWrite,
    @Nullable BigDecimal output,
    @Nullable BigDecimal reasoning) {

  /** This line where it says something, and the other for the rest. */
  ClassLine over(ClassLine other) {
    return new ClassLine(
        input == null ? other.input : input,
        cachedInput == null ? other.cachedInput : cachedInput,
        cacheWrite == null ? other.cacheWrite : cacheWrite,
        output == null ? other.output : output,
        reasoning == null ? other.reasoning : reasoning);
  }

  /**
   * A class without a price of its own costs what its whole costs.
   *
   * @throws IllegalArgumentException when input or output has none, or a price cannot be taken
   */
  ClassPrices prices() {
    if (input == null || output == null) {
      throw new IllegalArgumentException((input == null ? "input" : "output") + " is missing");
    }
    return new ClassPrices(
        input,
        cachedInput == null ? input : cachedInput,
        cacheWrite == null ? input : cacheWrite,
        output,
        reasoning == null ? output : reasoning);
  }
}
