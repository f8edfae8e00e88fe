package io.querytrail.audit.money;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An exact amount in the account's currency, to 12 decimals: a price with six decimals for a
 * million tokens gives an exact amount for any number of tokens.
 */
public record Money(BigDecimal amount) implements Comparable<Money> {
  /** Decimals kept. */
  public static final int SCALE = 12;

  /** Digits kept altogether. */
  public static final int PRECISION = 28;

  public static final Money ZERO = new Money(BigDecimal.ZERO);

  /**
   * @throws ArithmeticException when the amount has more than 12 decimals or more than 28 digits:
   *     nothing is rounded
   */
  public Money {
    amount = amount.setScale(SCALE, RoundingMode.UNNECESSARY);
    if (amount.precision() > PRECISION) {
      throw new ArithmeticException(
          "more than " + PRECISION + " digits: " + amount.toPlainString());
    }
  }

  public static Money of(String amount) {
    return new Money(new BigDecimal(amount));
  }

  public Money plus(Money other) {
    if (other.amount.signum() == 0) {
      return this;
    }
    return amount.signum() == 0 ? other : new Money(amount.add(other.amount));
  }

  public Money minus(Money other) {
    return other.amount.signum() == 0 ? this : new Money(amount.subtract(other.amount));
  }

  public Money times(long count) {
    return new Money(amount.multiply(BigDecimal.valueOf(count)));
  }

  public Money negated() {
    return new Money(amount.negate());
  }

  public boolean isGreaterThan(Money other) {
    return compareTo(other) > 0;
  }

  public boolean isNegative() {
    return amount.signum() < 0;
  }

  public static Money max(Money a, Money b) {
    return a.isGreaterThan(b) ? a : b;
  }

  @Override
  public int compareTo(Money other) {
    return amount.compareTo(other.amount);
  }

  /** Without an exponent and without trailing zeros. */
  @Override
  public String toString() {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
