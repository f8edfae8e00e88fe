package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CsvTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ann                | ann
          a b                | a b
          ``                 | ``
          O'Neil             | O'Neil
          a,b                | "a,b"
          say "hi"           | "say ""hi""\"
          =1+1               | '=1+1
          +43 1 234          | '+43 1 234
          -cmd               | '-cmd
          @SUM(A1)           | '@SUM(A1)
          =HYPERLINK("x","y") | "'=HYPERLINK(""x"",""y"")"
          """)
  void quotesCsvCells(String cell, String written) {
    assertThat(Csv.line(List.of(cell))).isEqualTo(written);
  }

  @Test
  void quotesCsvCellsOfSeveralLines() {
    assertThat(Csv.line(List.of("a\nb"))).isEqualTo("\"a\nb\"");
    assertThat(Csv.line(List.of("a\rb"))).isEqualTo("\"a\rb\"");
    assertThat(Csv.line(List.of("\tx"))).isEqualTo("'\tx");
  }

  @Test
  void writesNumbersAsTheyAreAndNothingForNull() {
    assertThat(
            Csv.line(
                Arrays.asList(
                    new BigDecimal("-12.500000000000"),
                    7,
                    null,
                    -3L,
                    true,
                    "a longer text of words")))
        .isEqualTo("-12.5,7,,-3,true,a longer text of words");
  }
}
