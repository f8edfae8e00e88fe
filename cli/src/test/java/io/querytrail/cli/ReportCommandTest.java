package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.sink.report.CostReport;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ann                | ann
          a b                | a b
          ``                 | ``
          -12.5              | -12.5
          7                  | 7
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
    assertThat(ReportCommand.quoted(cell)).isEqualTo(written);
  }

  @Test
  void quotesCsvCellsOfSeveralLines() {
    assertThat(ReportCommand.quoted("a\nb")).isEqualTo("\"a\nb\"");
    assertThat(ReportCommand.quoted("a\rb")).isEqualTo("\"a\rb\"");
    assertThat(ReportCommand.quoted("\tx")).isEqualTo("'\tx");
  }

  @Test
  void addsUpEachCurrencyByItself() {
    String table =
        ReportCommand.table(
            List.of(GroupKey.ACCOUNT),
            List.of(
                row("acme", "1.5", "USD"), row("globex", "2", "USD"), row("initech", "4", "EUR")));

    assertThat(table)
        .containsPattern("\\| TOTAL +\\| +2 \\| +1 \\| +1 \\| +20 \\| +6 \\| +4 \\| EUR")
        .containsPattern("\\| TOTAL +\\| +4 \\| +2 \\| +2 \\| +40 \\| +12 \\| +3.5 \\| USD");
  }

  @Test
  void hasNoTotalOfOneRow() {
    assertThat(ReportCommand.table(List.of(GroupKey.ACCOUNT), List.of(row("acme", "1", "USD"))))
        .doesNotContain("TOTAL");
  }

  private static CostReport.Row row(String account, String cost, String currency) {
    return new CostReport.Row(
        Map.of(GroupKey.ACCOUNT, account), 2, 1, 1, 20, 6, new BigDecimal(cost), currency);
  }
}
