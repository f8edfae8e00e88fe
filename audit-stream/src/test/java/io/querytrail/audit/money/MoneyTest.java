package io.querytrail.audit.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class MoneyTest {
  private static final Money SMALLEST = Money.of("0.000000000001");

  @Test
  void equalAmountsAreEqualHoweverTheyWereWritten() {
    assertThat(Money.of("1.50")).isEqualTo(Money.of("1.5")).hasSameHashCodeAs(Money.of("1.5"));
    assertThat(Money.of("0.0")).isEqualTo(Money.ZERO);
    assertThat(new Money(new BigDecimal("2E+1"))).isEqualTo(Money.of("20"));
  }

  @Test
  void nothingIsRounded() {
    assertThatThrownBy(() -> Money.of("0.0000000000001")).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void twentyEightDigitsFitAndNotOneMore() {
    assertThat(Money.of("9999999999999999.999999999999").amount().precision()).isEqualTo(28);
    assertThatThrownBy(() -> Money.of("10000000000000000"))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("28 digits");
    assertThatThrownBy(() -> Money.of("9999999999999999.999999999999").plus(SMALLEST))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void addsSubtractsAndMultipliesExactly() {
    assertThat(Money.of("0.1").plus(Money.of("0.2"))).isEqualTo(Money.of("0.3"));
    assertThat(Money.of("0.3").minus(Money.of("0.1"))).isEqualTo(Money.of("0.2"));
    assertThat(SMALLEST.times(1_000_000_000_000L)).isEqualTo(Money.of("1"));
    assertThat(Money.of("1").negated().plus(Money.of("1"))).isEqualTo(Money.ZERO);
  }

  @Test
  void comparesToTheSmallestUnit() {
    assertThat(Money.of("1").plus(SMALLEST).isGreaterThan(Money.of("1"))).isTrue();
    assertThat(Money.of("1").isGreaterThan(Money.of("1.0"))).isFalse();
    assertThat(Money.max(Money.of("1"), Money.of("2"))).isEqualTo(Money.of("2"));
    assertThat(SMALLEST.negated().isNegative()).isTrue();
    assertThat(Money.ZERO.isNegative()).isFalse();
  }

  @Test
  void printsPlainNumbers() {
    assertThat(Money.of("1500.00")).hasToString("1500");
    assertThat(SMALLEST).hasToString("0.000000000001");
    assertThat(Money.ZERO).hasToString("0");
    assertThat(Money.of("-0.10")).hasToString("-0.1");
  }
}
