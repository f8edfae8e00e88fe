package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetyPolicyTest {
  private final Verdicts verdicts = Verdicts.overCorpus();

  @Test
  void deniesAndAllowsTablesByPattern() {
    // Given
    var denying = verdicts.with(verdicts.policy().withTables(NamePatterns.denying("ops.e*")));
    var allowing = verdicts.with(verdicts.policy().withTables(NamePatterns.allowing("shop.*")));

    // Then
    assertThat(denying.first("SELECT id FROM employees")).isEqualTo("RELATION_NOT_ALLOWED");
    assertThat(denying.first("SELECT id FROM documents")).isEqualTo("approved");
    assertThat(allowing.first("SELECT id FROM documents")).isEqualTo("RELATION_NOT_ALLOWED");
    assertThat(allowing.first("SELECT id FROM orders")).isEqualTo("approved");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT email FROM customers",
        "SELECT * FROM customers",
        "SELECT c.* FROM customers c",
        "SELECT c FROM customers c",
        "SELECT (c).email FROM customers c",
        "SELECT (c).* FROM customers c",
        "SELECT to_jsonb(c) FROM customers c",
        "SELECT row_to_json(c.*) FROM customers c",
        "SELECT lower(c) FROM customers c",
        "SELECT id FROM customers WHERE email LIKE 'a%'",
        "SELECT id FROM customers ORDER BY email",
        "SELECT count(*) FROM customers GROUP BY email",
        "SELECT x FROM customers AS c(a, b, x)",
        "SELECT 1 FROM customers NATURAL JOIN (VALUES ('x')) v(email)",
        "SELECT 1 FROM customers JOIN (VALUES ('x')) v(email) USING (email)",
        "SELECT (SELECT email FROM customers LIMIT 1)",
        "SELECT o.id FROM orders o JOIN customers c ON c.email = o.notes",
        "WITH c AS (SELECT * FROM customers) SELECT id FROM c",
        "SELECT rank() OVER (ORDER BY email) FROM customers",
        "TABLE customers"
      })
  void deniedColumnIsReadInNoWay(String sql) {
    var guarded =
        verdicts.with(verdicts.policy().withColumns(NamePatterns.denying("customers.email")));

    assertThat(guarded.first(sql)).isEqualTo("COLUMN_NOT_ALLOWED");
  }

  @Test
  void otherColumnsOfTheTableMayBeRead() {
    var guarded =
        verdicts.with(verdicts.policy().withColumns(NamePatterns.denying("customers.email")));

    assertThat(guarded.first("SELECT id, full_name FROM customers")).isEqualTo("approved");
    assertThat(guarded.first("SELECT count(*) FROM customers")).isEqualTo("approved");
    assertThat(guarded.first("SELECT email FROM (SELECT 'x' AS email) v")).isEqualTo("approved");
  }

  @Test
  void allowedColumnsAreTheOnlyOnes() {
    var guarded =
        verdicts.with(
            verdicts.policy().withColumns(NamePatterns.allowing("orders.*", "regions.id")));

    assertThat(guarded.first("SELECT * FROM orders")).isEqualTo("approved");
    assertThat(guarded.first("SELECT id FROM regions")).isEqualTo("approved");
    assertThat(guarded.first("SELECT name FROM regions")).isEqualTo("COLUMN_NOT_ALLOWED");
  }

  @Test
  void extraFunctionsAreAllowedAsSpelt() {
    var extended =
        verdicts.with(verdicts.policy().withExtraFunctions(Set.of("random", "current_user")));

    assertThat(extended.first("SELECT random(), pg_catalog.random()")).isEqualTo("approved");
    assertThat(extended.first("SELECT current_user")).isEqualTo("approved");
    assertThat(extended.first("SELECT shop.random()")).isEqualTo("FUNCTION_NOT_ALLOWED");
    assertThat(verdicts.first("SELECT random()")).isEqualTo("FUNCTION_NOT_ALLOWED");
  }

  @Test
  void capsTheRowsByThePolicy() {
    var strict = verdicts.with(verdicts.policy().withRowCap(10));

    assertThat(strict.first("SELECT id FROM orders LIMIT 11")).isEqualTo("ROW_LIMIT");
    assertThat(strict.approved("SELECT id FROM orders").sql()).endsWith("LIMIT 10");
  }

  @Test
  void adjustableRulesCanWarnOrBeOff() {
    // Given
    String sql = "SELECT id FROM orders LIMIT 5000";
    var warning =
        verdicts.with(verdicts.policy().withRuleSeverities(Map.of("ROW_LIMIT", Severity.WARN)));
    var off =
        verdicts.with(verdicts.policy().withRuleSeverities(Map.of("ROW_LIMIT", Severity.OFF)));

    // Then
    assertThat(warning.approved(sql).warnings()).extracting(Violation::rule).contains("ROW_LIMIT");
    assertThat(warning.approved(sql).sql()).endsWith("LIMIT 1000");
    assertThat(off.approved(sql).warnings()).isEmpty();
    assertThat(off.approved(sql).sql()).endsWith("LIMIT 1000");
    assertThat(off.first("SELECT id FROM orders LIMIT (SELECT pg_sleep(1)::int)"))
        .isEqualTo("FUNCTION_NOT_ALLOWED");
  }

  @Test
  void rulesThatMakeThePromiseCannotBeTurnedOff() {
    assertThatThrownBy(() ->
            verdicts.policy().withRuleSeverities(Map.of("FUNCTION_NOT_ALLOWED", Severity.WARN)))
        .hasMessageContaining("FUNCTION_NOT_ALLOWED");
    assertThatThrownBy(() -> SafetyPolicy.defaults(List.of("pg_catalog")))
        .hasMessageContaining("pg_catalog");
  }

  @Test
  void judgesThePlanWhereThePolicyCapsIt() {
    // Given
    var policy = verdicts.policy().withCostCap(100).withPlanRowsCap(10);
    var guard = new SafetyGuard();
    String sql = "SELECT id FROM orders";
    DatabaseSchema schema = Corpus.schema();

    // Then
    assertThat(guard.judge(sql, policy, schema, new PlanEstimate(99, 9)))
        .isInstanceOf(SafetyVerdict.Approved.class);
    assertThat(rulesOf(guard.judge(sql, policy, schema, new PlanEstimate(101, 11))))
        .containsExactly("PLAN_COST", "PLAN_ROWS");
    assertThat(rulesOf(guard.judge(sql, policy, schema, new PlanEstimate(Double.NaN, 1))))
        .containsExactly("PLAN_COST");
    assertThat(guard.judge(sql, policy, schema, null))
        .isInstanceOfSatisfying(
            SafetyVerdict.Approved.class,
            approved ->
                assertThat(approved.warnings())
                    .extracting(Violation::rule)
                    .containsExactly("PLAN_MISSING"));
  }

  @Test
  void asksForAPlanWhereThePolicySaysSoWithoutACap() {
    String sql = "SELECT id FROM orders";
    DatabaseSchema schema = Corpus.schema();
    var guard = new SafetyGuard();
    var uncapped = SafetyPolicy.defaults(verdicts.policy().schemas());
    var strict = uncapped.withRuleSeverities(Map.of("PLAN_MISSING", Severity.REJECT));

    assertThat(rulesOf(guard.judge(sql, strict, schema, null))).containsExactly("PLAN_MISSING");
    assertThat(guard.judge(sql, strict, schema, new PlanEstimate(1e9, 1e9)))
        .isInstanceOf(SafetyVerdict.Approved.class);
    assertThat(guard.judge(sql, uncapped, schema, null))
        .isInstanceOfSatisfying(
            SafetyVerdict.Approved.class, approved -> assertThat(approved.warnings()).isEmpty());
  }

  private static List<String> rulesOf(SafetyVerdict verdict) {
    return verdict instanceof SafetyVerdict.Rejected rejected
        ? rejected.violations().stream().map(Violation::rule).toList()
        : List.of();
  }

  @Test
  void readsADocument() {
    // When
    SafetyPolicy policy =
        SafetyPolicyReader.read(
            Corpus.yaml(
                """
                schemas: [shop]
                tables: {deny: [employees]}
                columns: {deny: [customers.email]}
                rowCap: 50
                costCap: 1000.5
                extraFunctions: [random]
                rules: {CROSS_JOIN: warn, LARGE_SERIES: off}
                """));

    // Then
    assertThat(policy)
        .isEqualTo(
            new SafetyPolicy(
                List.of("shop"),
                NamePatterns.denying("employees"),
                NamePatterns.denying("customers.email"),
                50,
                OptionalDouble.of(1000.5),
                OptionalDouble.empty(),
                Set.of("random"),
                Map.of("CROSS_JOIN", Severity.WARN, "LARGE_SERIES", Severity.OFF)));
  }

  @Test
  void namesEveryWrongKeyOfADocument() {
    assertThatThrownBy(() ->
            SafetyPolicyReader.read(
                Corpus.yaml("{rowcap: 5, rowCap: 0, tables: {alow: []}, rules: {X: warn}}")))
        .hasMessageContainingAll("rowcap", "rowCap", "tables.alow", "rules.X", "schemas");
  }
}
