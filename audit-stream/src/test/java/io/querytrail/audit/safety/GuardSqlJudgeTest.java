package io.querytrail.audit.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.SafetyRules;
import io.querytrail.audit.verdict.GeneratedSql;
import io.querytrail.audit.verdict.Judgement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GuardSqlJudgeTest {
  private static final GeneratedSql.Relation CUSTOMERS =
      new GeneratedSql.Relation(
          "shop",
          "customers",
          List.of(
              new GeneratedSql.Column("id", "bigint"), new GeneratedSql.Column("email", "text")));

  private final GuardSqlJudge judge = new GuardSqlJudge();

  @Test
  void approvesWhatThePolicyAllowsAndSaysWhatItReads() {
    Judgement judgement =
        judge.judge(
            sql("SELECT id FROM customers", Optional.empty()), rule(rules(List.of(), Map.of())));

    assertThat(judgement)
        .isInstanceOfSatisfying(
            Judgement.Approved.class,
            approved -> {
              assertThat(approved.sql()).contains("shop.customers");
              assertThat(approved.rowCap()).isEqualTo(50);
              assertThat(approved.relations()).containsExactly("shop.customers");
              assertThat(approved.columns()).containsExactly("shop.customers.id");
            });
  }

  @Test
  void rejectsADeniedColumnWithItsRule() {
    Judgement judgement =
        judge.judge(
            sql("SELECT email FROM customers", Optional.empty()),
            rule(rules(List.of("customers.email"), Map.of())));

    assertThat(judgement)
        .isInstanceOfSatisfying(
            Judgement.Rejected.class,
            rejected ->
                assertThat(rejected.violations())
                    .anySatisfy(violation -> {
                      assertThat(violation.rule()).isEqualTo("COLUMN_NOT_ALLOWED");
                      assertThat(violation.warning()).isFalse();
                    }));
  }

  @Test
  void rejectsAPlanAboveTheCostCap() {
    SafetyRules capped =
        new SafetyRules(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            OptionalDouble.of(100),
            OptionalDouble.empty(),
            Set.of(),
            Map.of());

    Judgement judgement =
        judge.judge(
            sql("SELECT id FROM customers", Optional.of(new GeneratedSql.Plan(1_000, 10))),
            rule(capped));

    assertThat(judgement).isInstanceOf(Judgement.Rejected.class);
  }

  @Test
  void refusesAPolicyWithARuleThatDoesNotExistOrMayNotBeLoosened() {
    assertThatThrownBy(() -> judge.check(rule(rules(List.of(), Map.of("NO_SUCH_RULE", "warn")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NO_SUCH_RULE");
    assertThatThrownBy(() -> judge.check(rule(rules(List.of(), Map.of("DML_IN_CTE", "off")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DML_IN_CTE");
    assertThatThrownBy(() -> judge.check(rule(rules(List.of(), Map.of("CROSS_JOIN", "perhaps")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("perhaps");
  }

  private static GeneratedSql sql(String text, Optional<GeneratedSql.Plan> plan) {
    return new GeneratedSql(text, List.of(CUSTOMERS), plan);
  }

  private static DatasourceRule rule(SafetyRules rules) {
    return new DatasourceRule("shop", List.of("shop"), 50, rules);
  }

  private static SafetyRules rules(List<String> denyColumns, Map<String, String> severities) {
    return new SafetyRules(
        List.of(),
        List.of(),
        List.of(),
        denyColumns,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Set.of(),
        severities);
  }
}
