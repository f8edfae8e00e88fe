package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ExecutionStatus;
import io.querytrail.events.QueryExecuted;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTest {
  @ParameterizedTest
  @CsvSource({
    "0.000000000000, 0",
    "1.500000000000, 1.5",
    "100.000000000000, 100",
    "0.000000000001, 0.000000000001",
    "-0.000150000000, -0.00015",
    "1E+3, 1000"
  })
  void writesAmountsAsPlainDecimals(BigDecimal amount, String written) {
    assertThat(Json.plain(amount).toPlainString()).isEqualTo(written);
    assertThat(Json.line(Json.object().put("amount", Json.plain(amount))))
        .isEqualTo("{\"amount\":" + written + "}");
  }

  @Test
  void writesInstantsInIso8601AndEnumsByName() {
    QueryExecuted executed =
        QueryExecuted.newBuilder()
            .setRequestId("r-1")
            .setAccount("acme")
            .setExecutionId("e-1")
            .setStatus(ExecutionStatus.TIMED_OUT)
            .setExecutionTimeMillis(30_000)
            .setExecutedAt(Instant.parse("2026-11-21T10:00:00Z"))
            .setRequestedAt(Instant.parse("2026-11-21T09:59:59.123Z"))
            .setExecutor("test")
            .build();

    ObjectNode node = Json.of(executed);

    assertThat(node.path("executedAt").asText()).isEqualTo("2026-11-21T10:00:00Z");
    assertThat(node.path("requestedAt").asText()).isEqualTo("2026-11-21T09:59:59.123Z");
    assertThat(node.path("status").asText()).isEqualTo("TIMED_OUT");
    assertThat(node.path("executionTimeMillis").isIntegralNumber()).isTrue();
    assertThat(node.path("rows").isNull()).isTrue();
    assertThat(Json.line(node)).doesNotContain("\n");
  }

  @Test
  void writesWhatIsNestedAsItsOwnObjectsAndLists() {
    AccountPolicy policy =
        AccountPolicy.newBuilder()
            .setAccount("acme")
            .setVersion(1)
            .setTimeZone("UTC")
            .setCurrency("USD")
            .setBudgets(
                List.of(
                    Budget.newBuilder()
                        .setScope(BudgetScope.ACCOUNT)
                        .setScopeKey("*")
                        .setPeriod(BudgetPeriod.MONTH)
                        .setKind(BudgetKind.HARD)
                        .setLimit(new BigDecimal("25.000000000000"))
                        .setThresholds(List.of(90))
                        .build()))
            .setModels(List.of())
            .setMaxInputTokens(1)
            .setMaxOutputTokens(1)
            .setMaxSends(1)
            .setDeadlineSeconds(1)
            .setDatasources(List.of())
            .build();

    assertThat(Json.line(Json.of(policy)))
        .contains("\"budgets\":[{\"scope\":\"ACCOUNT\"")
        .contains("\"limit\":25,")
        .contains("\"thresholds\":[90]")
        .contains("\"paused\":false");
  }

  @Test
  void keepsWhatTextsHold() {
    String odd = "a \"quoted\"\nline\u0000 with ünïcode 🦉";

    String line = Json.line(Map.of("text", odd));

    assertThat(line).doesNotContain("\n");
    assertThat(new Ran(0, line, "").json().path("text").asText()).isEqualTo(odd);
  }
}
