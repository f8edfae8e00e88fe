package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one parse of a draft must come to what judging step by step comes to, or to nothing. */
class DraftTest {
  private static final int MUTATIONS = 5_000;
  private static final long SEED = 20_261_127L;

  private final SafetyGuard guard = new SafetyGuard();
  private final SafetyPolicy policy = Corpus.policy();
  private final DatabaseSchema schema = Corpus.schema();

  private Optional<SafetyVerdict.Approved> direct(String sql) {
    try {
      new LexicalGate(sql, new Findings(policy)).check();
    } catch (Findings.Enough e) {
      return Optional.empty();
    }
    return guard.approveDraft(new SqlText(sql), policy, schema, plan -> {});
  }

  private SafetyVerdict inSteps(String sql) {
    var findings = new Findings(policy);
    try {
      return guard.judgeInSteps(new SqlText(sql), policy, schema, findings, plan -> {});
    } catch (Findings.Enough e) {
      return new SafetyVerdict.Rejected(findings.all());
    }
  }

  private static List<String> statements() {
    return Stream.concat(
            Stream.of("attacks.jsonl", "benign.jsonl")
                .flatMap(file -> Corpus.statements(file).stream())
                .map((JsonNode line) -> line.path("sql").asText()),
            Stream.of("accepted.sql", "rejected.sql").flatMap(file -> Corpus.lines(file).stream()))
        .filter(sql -> !sql.isEmpty())
        .toList();
  }

  private boolean agrees(String sql) {
    Optional<SafetyVerdict.Approved> direct = direct(sql);
    return direct.isEmpty() || direct.get().equals(inSteps(sql));
  }

  @Test
  void comesToTheSameAsJudgingInSteps() {
    assertThat(statements()).allMatch(this::agrees);
  }

  @Test
  void comesToTheSameForStatementsThatAreAlmostRight() {
    // Given
    var mutations = new Mutations(statements(), SEED);

    // Then
    for (int i = 0; i < MUTATIONS; i++) {
      String sql = mutations.next();
      assertThat(agrees(sql)).as(sql).isTrue();
    }
  }

  @Test
  void oneParseIsEnoughForAlmostEveryOrdinaryStatement() {
    // Given
    List<String> ordinary =
        Corpus.statements("benign.jsonl").stream()
            .map(line -> line.path("sql").asText())
            .filter(sql -> guard.judge(sql, policy, schema) instanceof SafetyVerdict.Approved)
            .toList();

    // When
    List<String> direct = ordinary.stream().filter(sql -> direct(sql).isPresent()).toList();

    // Then
    assertThat(direct).hasSizeGreaterThan(ordinary.size() * 9 / 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id FROM orders",
        "SELECT o.id FROM orders AS o, customers c WHERE c.id = o.customer_id;",
        "SELECT id FROM orders o JOIN customers c USING (id) LIMIT 10",
        "SELECT id FROM (orders o JOIN customers c USING (id))",
        "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = customer_id)",
        "WITH o AS (SELECT * FROM orders) SELECT id FROM o JOIN customers USING (id)",
        "WITH orders AS MATERIALIZED (SELECT * FROM orders) SELECT id FROM orders",
        "SELECT extract(year FROM created_at) FROM orders -- since when",
        "SELECT 'é€😀' AS x FROM \"orders\"",
        "SELECT 'it''s FROM customers' FROM shop.orders LIMIT 5 OFFSET 5"
      })
  void guessesWhatIsWrittenOrdinarily(String sql) {
    assertThat(direct(sql)).as(sql).isPresent().get().isEqualTo(inSteps(sql));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id FROM orders) AS q, (SELECT id FROM customers",
        "SELECT id FROM orders) AS q LIMIT 5 --",
        "SELECT id FROM orders) AS q LIMIT 1000; SELECT * FROM (SELECT 1",
        "SELECT id FROM orders) UNION ALL SELECT * FROM (SELECT id FROM customers",
        "SELECT id FROM orders) q WHERE true OR id IN (SELECT 1",
        "SELECT id FROM orders LIMIT 1) AS q CROSS JOIN (SELECT 1",
        "SELECT id FROM orders /*",
        "SELECT id FROM orders WHERE status = '",
        "SELECT id FROM orders; DROP TABLE orders",
        "(SELECT id FROM orders",
        "SELECT id FROM orders)",
        "orders",
        "WITH x AS (SELECT 1"
      })
  void nothingLeavesTheBracketsOfTheDraft(String sql) {
    assertThat(direct(sql)).as(sql).isEmpty();
    assertThat(guard.judge(sql, policy, schema)).isInstanceOf(SafetyVerdict.Rejected.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT $$it's FROM orders$$ AS a, 'FROM orders' AS b FROM customers",
        "SELECT E'\\' FROM orders' AS a FROM customers",
        "WITH a AS (SELECT 1 AS id), orders (id) AS (SELECT id FROM a) SELECT id FROM orders",
        "SELECT id FROM orders WHERE (id, total) IS DISTINCT FROM (SELECT 1, 2)",
        "TABLE orders",
        ";SELECT id FROM shop.orders LIMIT 10",
        ";SELECT id FROM orders",
        "SELECT id FROM orders LIMIT 10;;",
        "SELECT id FROM orders WHERE status = 'paid'::order_status",
        "SELECT id FROM orders; -- done;",
        "SELECT id FROM orders FETCH FIRST 3 ROWS ONLY",
        "SELECT id FROM orders LIMIT 100000"
      })
  void wrongGuessesChangeNothing(String sql) {
    assertThat(agrees(sql)).as(sql).isTrue();
    assertThat(guard.judge(sql, policy, schema)).isEqualTo(inSteps(sql));
  }
}
