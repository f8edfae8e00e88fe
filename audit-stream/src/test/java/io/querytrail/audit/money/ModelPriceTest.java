package io.querytrail.audit.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
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
      ModelPrice price = anyModel(random);
      int maxInput = 1 + random.nextInt(1_000_000);
      int maxOutput = 1 + random.nextInt(100_000);
      long input = random.nextInt(maxInput + 1);
      long cached = random.nextLong(input + 1);
      long written = random.nextLong(input - cached + 1);
      long output = random.nextInt(maxOutput + 1);
      TokenCounts tokens =
          new TokenCounts(input, cached, written, output, random.nextLong(output + 1));

      assertThat(
              price
                  .cost(tokens, random.nextBoolean())
                  .isGreaterThan(price.ceiling(maxInput, maxOutput)))
          .as("%s %s", price, tokens)
          .isFalse();
    }
  }

  @Test
  void wholeCallIsPricedByTheTierOfItsInput() {
    // Given a model that is dearer above 200,000 tokens
    ModelPrice price =
        new ModelPrice(
            classes("1", "0.1", "2", "10", "10"),
            List.of(
                new ModelPrice.Tier(200_000, classes("2", "0.2", "4", "15", "15")),
                new ModelPrice.Tier(500_000, classes("3", "0.3", "6", "20", "20"))),
            0);

    // Then not only what is beyond the bound
    assertThat(price.cost(new TokenCounts(200_000, 0, 0, 0, 0))).isEqualTo(Money.of("0.2"));
    assertThat(price.cost(new TokenCounts(200_001, 0, 0, 0, 0))).isEqualTo(Money.of("0.400002"));
    assertThat(price.cost(new TokenCounts(1_000_000, 0, 0, 1_000_000, 0)))
        .isEqualTo(Money.of("23"));
    // And what counts is all input, cached or not: 100,001 x 2 + 100,000 x 0.20 + 10 x 15
    assertThat(price.cost(new TokenCounts(200_001, 100_000, 0, 10, 0)))
        .isEqualTo(Money.of("0.220152"));
  }

  @Test
  void reasoningIsPaidBesideTheRestOfTheOutputAndNotInItsPlace() {
    // 1,000 output of which 400 reasoning, at one price: all 1,000
    assertThat(price("1", "1", "1", "10", "10").cost(new TokenCounts(0, 0, 0, 1_000, 400)))
        .isEqualTo(Money.of("0.01"));
    // and where reasoning has a price of its own: 600 x 10 + 400 x 3
    assertThat(price("1", "1", "1", "10", "3").cost(new TokenCounts(0, 0, 0, 1_000, 400)))
        .isEqualTo(Money.of("0.0072"));
  }

  @Test
  void cachedTokensArePaidOnceAndAtTheirOwnPrice() {
    // 1,000 input, all of them from the cache
    assertThat(price("2.5", "1.25", "2.5", "10", "10").cost(new TokenCounts(1_000, 1_000, 0, 0, 0)))
        .isEqualTo(Money.of("0.00125"));
    // 1,000 input, 600 of them from the cache: 400 x 2.5 + 600 x 1.25
    assertThat(price("2.5", "1.25", "2.5", "10", "10").cost(new TokenCounts(1_000, 600, 0, 0, 0)))
        .isEqualTo(Money.of("0.00175"));
  }

  @Test
  void batchIsCheaperByItsDiscountToTheLastDecimal() {
    ModelPrice half = new ModelPrice(classes("0.15", "0.075", "0.15", "0.6", "0.6"), List.of(), 50);
    TokenCounts tokens = new TokenCounts(101, 0, 0, 7, 0);

    assertThat(half.cost(tokens, true).times(2)).isEqualTo(half.cost(tokens, false));
    assertThat(price("1", "1", "1", "1", "1").cost(tokens, true))
        .as("without a discount a batch costs what any call costs")
        .isEqualTo(Money.of("0.000108"));
  }

  @Test
  void discountThatCannotBeExactIsRefused() {
    assertThatThrownBy(() -> new ModelPrice(classes("0.000001", "0", "0", "0", "0"), List.of(), 50))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batchDiscountPercent 50")
        .hasMessageContaining("input is 0.0000005");
    assertThatThrownBy(() -> new ModelPrice(classes("1", "1", "1", "1", "1"), List.of(), 101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("101");
  }

  @Test
  void tiersThatAreOutOfOrderAreRefused() {
    ClassPrices prices = classes("1", "1", "1", "1", "1");
    assertThatThrownBy(() ->
            new ModelPrice(
                prices,
                List.of(new ModelPrice.Tier(200, prices), new ModelPrice.Tier(200, prices)),
                0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rising");
  }

  @Test
  void holdIsNotForTiersThatTheCeilingCannotReach() {
    ModelPrice price =
        new ModelPrice(
            classes("1", "1", "1", "10", "10"),
            List.of(new ModelPrice.Tier(200_000, classes("2", "2", "2", "15", "15"))),
            0);

    assertThat(price.ceiling(200_000, 0)).isEqualTo(Money.of("0.2"));
    assertThat(price.ceiling(200_001, 0)).isEqualTo(Money.of("0.400002"));
  }

  @Test
  void tierThatIsCheaperDoesNotLowerTheHold() {
    ModelPrice cheaper =
        new ModelPrice(
            classes("4", "4", "4", "10", "10"),
            List.of(new ModelPrice.Tier(100, classes("1", "1", "1", "1", "1"))),
            0);

    assertThat(cheaper.ceiling(1_000, 1_000)).isEqualTo(Money.of("0.0104"));
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

  private static ModelPrice anyModel(Random random) {
    List<ModelPrice.Tier> tiers = new ArrayList<>();
    long above = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      above += 1 + random.nextInt(400_000);
      tiers.add(new ModelPrice.Tier(above, anyClasses(random)));
    }
    return new ModelPrice(anyClasses(random), tiers, random.nextInt(3) * 50);
  }

  private static ClassPrices anyClasses(Random random) {
    return new ClassPrices(any(random), any(random), any(random), any(random), any(random));
  }

  private static ClassPrices classes(
      String input, String cached, String written, String output, String reasoning) {
    return new ClassPrices(
        new BigDecimal(input),
        new BigDecimal(cached),
        new BigDecimal(written),
        new BigDecimal(output),
        new BigDecimal(reasoning));
  }

  private static BigDecimal any(Random random) {
    // Four decimals, so that half of it is exact too.
    return BigDecimal.valueOf(random.nextInt(1_000_000), 4);
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
