package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.sink.report.CostReport;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportCommandTest {
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
