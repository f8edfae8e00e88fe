package io.querytrail.generator.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalQuestionTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          How many orders?,        how many orders
          How many orders?,        How  many\torders ?!
          How many orders?,        ' How many orders. '
          Étienne's share,         Étienne's share
          Ärzte in Wien?,          ärzte in Wien
          2 + 2?,                  2 + 2
          ?,                       ' ? '
          """)
  void spellingThatChangesNothingDoesNotCount(String one, String other) {
    assertThat(NormalQuestion.of(one)).isEqualTo(NormalQuestion.of(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      textBlock =
          """
          Customers in US;               Customers in us
          Orders named "a  b";           Orders named "a b"
          Orders named "A?";             Orders named "a?"
          How many 'New' orders;         how many 'New' orders
          Is it 5.1;                     Is it 51
          orders;                        order s
          """)
  void everythingElseDoes(String one, String other) {
    assertThat(NormalQuestion.of(one)).isNotEqualTo(NormalQuestion.of(other));
  }

  @Test
  void composedAndDecomposedLettersAreTheSame() {
    assertThat(NormalQuestion.of("Umsatz in K\u00f6ln"))
        .isEqualTo(NormalQuestion.of("Umsatz in Ko\u0308ln"));
  }
}
