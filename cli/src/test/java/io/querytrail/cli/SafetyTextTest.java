package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SchemaScript;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafetyTextTest {
  private final SafetyGuard guard = new SafetyGuard();

  @Test
  void putsACaretUnderThePlace() {
    assertThat(explain("SELECT id,\n\t'😀é', pg_sleep(1)\nFROM orders"))
        .isEqualTo(
            """
            rejected

            FUNCTION_NOT_ALLOWED (reject): Function pg_sleep is not allowed
               '😀é', pg_sleep(1)
                      ^

            """);
  }

  @Test
  void countsTheColumnsOfATerminal() {
    assertThat(explain("SELECT '東京', 'é', pg_sleep(1)"))
        .contains("  SELECT '東京', 'é', pg_sleep(1)\n" + " ".repeat(22) + "^\n");
    assertThat(explain("SELECT\t\t'a',\tpg_sleep(1)"))
        .contains("  SELECT  'a', pg_sleep(1)\n" + " ".repeat(15) + "^\n");
    assertThat(explain("SELECT 'a\u0301', pg_sleep(1)")).contains("\n" + " ".repeat(14) + "^\n");
    assertThat(explain("SELECT 1,\r\n  pg_sleep(1),\r\n  2"))
        .contains("    pg_sleep(1), \n" + " ".repeat(4) + "^\n");
  }

  @Test
  void cutsALongLineAroundThePlace() {
    // When
    String text = explain("SELECT " + "1, ".repeat(100) + "pg_sleep(1)" + ", 1".repeat(100));

    // Then
    List<String> lines = text.lines().toList();
    assertThat(lines.get(3)).hasSizeLessThanOrEqualTo(102);
    assertThat(lines.get(3).substring(lines.get(4).indexOf('^'))).startsWith("pg_sleep(1)");
  }

  @Test
  void pointsBehindTheEndForAStatementThatStops() {
    assertThat(explain("SELECT (1")).contains("  SELECT (1\n           ^\n");
  }

  @Test
  void tellsWhatAnApprovedStatementReads() {
    assertThat(explain("SELECT id FROM orders"))
        .contains(
            "approved", "reads    shop.orders\n", "columns  shop.orders.id\n", "at most 1000");
  }

  private String explain(String sql) {
    var schema = SchemaScript.read("CREATE TABLE shop.orders (id bigint, total numeric)");
    return SafetyText.of(sql, guard.judge(sql, SafetyPolicy.defaults(List.of("shop")), schema));
  }
}
