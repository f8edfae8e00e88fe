package io.querytrail.audit.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCountsTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0, 0, 0, negative",
    "0, -1, 0, 0, 0, negative",
    "0, 0, -1, 0, 0, negative",
    "0, 0, 0, -1, 0, negative",
    "0, 0, 0, 0, -1, negative",
    "1000000001, 0, 0, 0, 0, above",
    "0, 0, 0, 1000000001, 0, above",
    "9223372036854775807, 0, 0, 0, 0, above",
    "10, 6, 5, 0, 0, cached",
    "10, 11, 0, 0, 0, cached",
    "10, 0, 11, 0, 0, cached",
    "10, 9223372036854775807, 9223372036854775807, 0, 0, cached",
    "10, 9223372036854775807, 1, 0, 0, cached",
    "0, 0, 0, 10, 11, reasoning",
    "0, 0, 0, 10, 9223372036854775807, reasoning"
  })
  void reportThatCannotBeTrueIsRefused(
      long input, long cached, long written, long output, long reasoning, String says) {
    assertThatThrownBy(() -> new TokenCounts(input, cached, written, output, reasoning))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(says);
  }

  @Test
  void partsMayBeAllOfTheirWhole() {
    assertThat(new TokenCounts(10, 4, 6, 5, 5).reasoning()).isEqualTo(5);
    assertThat(new TokenCounts(1_000_000_000, 0, 0, 1_000_000_000, 0).input())
        .isEqualTo(1_000_000_000);
  }
}
