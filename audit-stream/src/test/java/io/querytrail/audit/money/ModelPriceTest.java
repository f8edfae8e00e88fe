package io.querytrail.audit.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelPriceTest {
  private static final ModelPrice PRICE = price("3", "0.30", "3.75", "15", "60");

  @Test
  void everyTokenIsPaidOnceByItsClass() {
    // Given 100 input tokens of which 60 are cached and 10 written, 50 output of which 20 reasoning
    TokenCounts tokens = new TokenCounts(100, 60, 10, 50, 20);

    // Then 30 x 3 + 60 x 0.30 + 10 x 3.75 + 30 x 15 + 20 x 60, for a million each
    assertThat(PRICE.cost(tokens)).isEqualTo(Money.of("0.0017955"));
  }

  @Test
  void singleTokenOfTheSmallestPriceIsExact() {
    ModelPrice price = price("0.000001", "0", "0", "0", "0");

    assertThat(price.cost(new TokenCounts(1, 0, 0, 0, 0))).isEqualTo(Money.of("0.000000000001"));
  }

  @Test
  void noTokensCostNothing() {
    assertThat(PRICE.cost(new TokenCounts(0, 0, 0, 0, 0))).isEqualTo(Money.ZERO);
  }

  @Test
  void ceilingTakesTheDearestClassOnEitherSide() {
    assertThat(PRICE.ceiling(1_000_000, 1_000_000)).isEqualTo(Money.of("63.75"));
    assertThat(price("1", "2", "0", "5", "4").ceiling(1_000_000, 1_000_000))
        .isEqualTo(Money.of("7"));
  }

  @Test
  void noReportWithinTheCeilingsCostsMoreThanTheCeiling() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      ModelPrice price =
          new ModelPrice(any(random), any(random), any(random), any(random), any(random));
      int maxInput = 1 + random.nextInt(1_000_000);
      int maxOutput = 1 + random.nextInt(100_000);
      long input = random.nextInt(maxInput + 1);
      long cached = random.nextLong(input + 1);
      long written = random.nextLong(input - cached + 1);
      long output = random.nextInt(maxOutput + 1);
      TokenCounts tokens =
          new TokenCounts(input, cached, written, output, random.nextLong(output + 1));

      assertThat(price.cost(tokens).isGreaterThan(price.ceiling(maxInput, maxOutput)))
          .as("%s %s", price, tokens)
          .isFalse();
    }
  }

  @Test
  void negativePriceIsRefusedByItsName() {
    assertThatThrownBy(() -> price("1", "1", "-0.01", "1", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cacheWrite is -0.01");
  }

  @Test
  void moreThanSixDecimalsAreRefusedUnlessTheyAreZeros() {
    assertThatThrownBy(() -> price("1", "1", "1", "0.0000001", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("output is 0.0000001");
    assertThat(price("1.00000000", "1", "1", "1", "1").cost(new TokenCounts(1, 0, 0, 0, 0)))
        .isEqualTo(Money.of("0.000001"));
  }

  private static BigDecimal any(Random random) {
    return BigDecimal.valueOf(random.nextInt(100_000_000), 6);
  }

  private static ModelPrice price(
      String input, String cached, String written, String output, String reasoning) {
    return new ModelPrice(
        new BigDecimal(input),
        new BigDecimal(cached),
        new BigDecimal(written),
        new BigDecimal(output),
        new BigDecimal(reasoning));
  }
}
