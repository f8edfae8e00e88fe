package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetReceipt;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerdictTextTest {
  private static QueryApproved.Builder approved() {
    return QueryApproved.newBuilder()
        .setRequestId("r-1")
        .setAccount("acme")
        .setUser("ann")
        .setDatasource("shop")
        .setQuestion("How many customers do we have?")
        .setSql("SELECT count(*)\nFROM shop.customers")
        .setRelations(List.of("shop.customers", "shop.orders"))
        .setRowCap(1_000)
        .setProvider("openai")
        .setModel("gpt-4o-mini")
        .setCost(new BigDecimal("0.000251850000"))
        .setCurrency("USD")
        .setPriceVersion("2026-11-01")
        .setPolicyVersion(1)
        .setRequestedAt(Instant.parse("2026-11-21T10:00:00Z"));
  }

  private static QueryRejected.Builder rejected() {
    return QueryRejected.newBuilder()
        .setRequestId("r-2")
        .setAccount("acme")
        .setUser("ann")
        .setQuestion("Remove everything")
        .setStage(RejectionStage.SAFETY)
        .setReason("UNSAFE_SQL")
        .setMessage("Only SELECT is allowed")
        .setCost(new BigDecimal("0.000000000000"))
        .setRequestedAt(Instant.parse("2026-11-21T10:00:00Z"));
  }

  @Test
  void endsApprovalWithItsSql() {
    assertThat(VerdictText.of(approved().build()))
        .isEqualToNormalizingNewlines(
            """
            approved    r-1
            cost        0.00025185 USD (openai:gpt-4o-mini, prices 2026-11-01)
            reads       shop.customers, shop.orders; at most 1000 rows
            SELECT count(*)
            FROM shop.customers\
            """);
  }

  @Test
  void showsWarningsOfApproval() {
    QueryApproved event =
        approved()
            .setRelations(List.of())
            .setViolations(
                List.of(new RuleViolation("SELECT_STAR", Severity.WARN, "Lists every column", 8)))
            .build();

    assertThat(VerdictText.of(event))
        .contains("reads       no relation; at most 1000 rows")
        .contains("warning     SELECT_STAR: Lists every column");
  }

  @Test
  void showsWhichRuleRejectedWhere() {
    QueryRejected event =
        rejected()
            .setViolations(
                List.of(
                    new RuleViolation("NOT_SELECT", Severity.REJECT, "DROP is not allowed", 1),
                    new RuleViolation("LOCKING", Severity.REJECT, "It locks", null)))
            .setGeneratedSql("DROP TABLE\n  shop.reviews")
            .build();

    assertThat(VerdictText.of(event))
        .isEqualToNormalizingNewlines(
            """
            rejected    r-2
            stage       safety
            reason      UNSAFE_SQL: Only SELECT is allowed
            rule        NOT_SELECT: DROP is not allowed (at character 1)
            rule        LOCKING: It locks
            cost        0 -
            model wrote DROP TABLE shop.reviews\
            """);
  }

  @Test
  void showsReceiptOfBudgetThatRefused() {
    BudgetReceipt receipt =
        BudgetReceipt.newBuilder()
            .setScope(BudgetScope.TEAM)
            .setScopeKey("sales")
            .setPeriod(BudgetPeriod.MONTH)
            .setPeriodName("2026-11")
            .setCurrency("USD")
            .setLimit(new BigDecimal("10.000000000000"))
            .setSettled(new BigDecimal("9.999000000000"))
            .setHeld(new BigDecimal("0.000500000000"))
            .setAsked(new BigDecimal("0.001800000000"))
            .setPolicyVersion(3)
            .build();

    assertThat(VerdictText.of(rejected().setReceipt(receipt).build()))
        .contains(
            "receipt     team sales, 2026-11: limit 10, settled 9.999, held 0.0005, asked 0.0018 USD (policy 3)");
  }

  @Test
  void refusesEventThatIsNoVerdict() {
    QueryRequested request =
        QueryRequested.newBuilder()
            .setRequestId("r")
            .setAccount("a")
            .setUser("u")
            .setQuestion("q")
            .build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> VerdictText.of(request))
        .withMessage("QueryRequested is no verdict");
  }
}
