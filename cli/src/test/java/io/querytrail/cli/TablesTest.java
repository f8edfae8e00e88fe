package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TablesTest {
  @Test
  void putsNumbersToTheRightAndTextsToTheLeft() {
    String table =
        Tables.of(
            List.of("account", "requests", "cost", "used"),
            List.of(
                List.of("acme", 7, new BigDecimal("0.100000000000"), "1.5%"),
                List.of("globex", 120L, new BigDecimal("12.000000000000"), "100.0%")));

    assertThat(table)
        .isEqualToNormalizingNewlines(
            """
            +---------+----------+------+--------+
            | account | requests | cost | used   |
            +---------+----------+------+--------+
            | acme    |        7 |  0.1 |   1.5% |
            | globex  |      120 |   12 | 100.0% |
            +---------+----------+------+--------+\
            """);
  }

  @Test
  void showsHeadersOfATableWithoutRows() {
    assertThat(Tables.of(List.of("account", "cost"), List.of())).contains("| account | cost |");
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 33.3%", "1, 8, 12.5%", "0, 5, 0.0%", "6, 5, 120.0%", "0, 0, -", "5, 0, -"})
  void tellsShareOfWhole(BigDecimal part, BigDecimal whole, String percent) {
    assertThat(Tables.percent(part, whole)).isEqualTo(percent);
  }

  @Test
  void cutsTextsToOneLineOfTheWidth() {
    assertThat(Tables.cut("  SELECT 1\n\tFROM   x ", 20)).isEqualTo("SELECT 1 FROM x");
    assertThat(Tables.cut("0123456789", 10)).isEqualTo("0123456789");
    assertThat(Tables.cut("0123456789A", 10)).isEqualTo("0123456...");
  }

  @Test
  void writesDashForWhatIsNotThere() {
    assertThat(Tables.orDash(null)).isEqualTo("-");
    assertThat(Tables.orDash(7)).isEqualTo("7");
  }
}
