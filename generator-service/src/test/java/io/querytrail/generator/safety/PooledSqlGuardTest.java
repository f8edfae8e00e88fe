package io.querytrail.generator.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.testkit.SampleSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PooledSqlGuardTest {
  private final PooledSqlGuard guard = new PooledSqlGuard(2);

  @Test
  void approvesWithSchemaAndRowCap() {
    GuardVerdict verdict = guard.judge("SELECT id FROM orders", rules(Set.of()), shown());
    assertThat(((GuardVerdict.Approved) verdict).sql()).contains("shop.orders", "LIMIT 100");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE shop.orders",
        "DELETE FROM shop.orders",
        "SELECT 1; DROP TABLE shop.orders",
        "WITH x AS (DELETE FROM shop.orders RETURNING *) SELECT * FROM x",
        "SELECT * INTO t FROM shop.orders",
        "SELECT id FROM shop.orders FOR UPDATE"
      })
  void nobodyIsAskedToMendWhatWasNotMeantWell(String sql) {
    GuardVerdict verdict = guard.judge(sql, rules(Set.of()), shown());
    assertThat(verdict).isInstanceOf(GuardVerdict.Rejected.class);
    assertThat(((GuardVerdict.Rejected) verdict).problem()).as(sql).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT idd FROM shop.orders|COLUMN_UNKNOWN|idd FROM shop.orders",
        "SELECT id FROM shop.orderz|RELATION_NOT_ALLOWED|shop.orderz",
        "SELECT FROM WHERE|SYNTAX|WHERE"
      })
  void mistakesComeWithWhatAndWhere(String sql, String rule, String near) {
    GuardVerdict.Rejected rejected =
        (GuardVerdict.Rejected) guard.judge(sql, rules(Set.of()), shown());
    assertThat(rejected.rule()).isEqualTo(rule);
    Problem problem = rejected.problem();
    assertThat(problem).isNotNull();
    assertThat(problem.code()).isEqualTo(rule);
    assertThat(problem.message()).isNotBlank();
    assertThat(problem.near()).isEqualTo(near);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANALYZE DELETE FROM shop.orders", "ANALYZE SELECT 1"})
  void letsNothingThroughThatExplainWouldRun(String sql) {
    assertThat(guard.judge(sql, rules(Set.of()), shown()))
        .isInstanceOf(GuardVerdict.Rejected.class);
  }

  @Test
  void allowsTheFunctionsOfThePolicy() {
    String sql = "SELECT my_score(id) FROM shop.orders";
    assertThat(guard.judge(sql, rules(Set.of()), shown()))
        .isInstanceOf(GuardVerdict.Rejected.class);
    assertThat(
            guard.judge(
                "SELECT shop.my_score(id) FROM shop.orders",
                rules(Set.of("shop.my_score")),
                shown()))
        .isInstanceOf(GuardVerdict.Approved.class);
  }

  @Test
  void servesMoreThreadsThanItHasGuards() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<GuardVerdict>> verdicts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String sql = "SELECT id FROM shop.orders WHERE id = " + i;
        verdicts.add(threads.submit(() -> guard.judge(sql, rules(Set.of()), shown())));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(((GuardVerdict.Approved) verdicts.get(i).get()).sql()).contains("id = " + i);
      }
    }
  }

  private static GuardRules rules(Set<String> functions) {
    return new GuardRules(List.of("shop"), 100, functions, Map.of());
  }

  private static List<io.querytrail.generator.schema.Relation> shown() {
    return SampleSchemas.shop().relations();
  }
}
