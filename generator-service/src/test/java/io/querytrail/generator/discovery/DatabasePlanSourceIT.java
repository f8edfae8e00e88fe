package io.querytrail.generator.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.service.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Plans of a real PostgreSQL. */
@ExtendWith(Stack.Extension.class)
class DatabasePlanSourceIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  private Datasource shop;
  private Datasource away;
  private DatabasePlanSource plans;

  @BeforeEach
  void connect(Stack stack) {
    shop = datasource(stack.shopUrl(), null);
    away = datasource("jdbc:postgresql://127.0.0.1:1/shop", Duration.ofMillis(500));
    plans = new DatabasePlanSource(Map.of("shop", shop, "away", away));
  }

  @AfterEach
  void disconnect() {
    shop.close();
    away.close();
  }

  private static Datasource datasource(String url, @Nullable Duration connectTimeout) {
    return Datasource.of(
        "shop",
        new DatasourceConfig(
            url,
            Stack.READER,
            new Secret(Stack.READER_PASSWORD),
            2,
            connectTimeout,
            null,
            null,
            null,
            null),
        new SimpleMeterRegistry());
  }

  @Test
  void saysWhatAStatementCostsAndReturns() {
    Planning.Planned plan = (Planning.Planned) plan("SELECT id FROM shop.customers");
    assertThat(plan.totalCost()).isPositive();
    assertThat(plan.rows()).isEqualTo(50);
  }

  @Test
  void countsRowsAsIfTheCapWereNotThere() {
    Planning.Planned plan =
        (Planning.Planned) plan("SELECT * FROM (SELECT id FROM shop.customers) AS q LIMIT 10");
    assertThat(plan.rows()).isEqualTo(50);
  }

  @Test
  void saysWhatIsWrongWhereAndWhatMightHelp() {
    Planning.Refused refused =
        (Planning.Refused) plan("SELECT id FROM shop.customers WHERE country = 1");
    Problem problem = refused.problem();
    assertThat(problem.code()).isEqualTo("42883");
    assertThat(problem.message()).contains("operator does not exist");
    assertThat(problem.hint()).contains("type cast");
    assertThat(problem.near()).isEqualTo("= 1");
  }

  @Test
  void placesProblemsByCharactersAndNotByCodeUnits() {
    Planning.Refused refused =
        (Planning.Refused)
            plan("SELECT '\uD83D\uDE00' AS \"\uD83D\uDE00\", nowhere FROM shop.customers");
    assertThat(refused.problem().near()).isEqualTo("nowhere FROM shop.customers");
  }

  @Test
  void findsNothingThatIsNotNamedWithItsSchema() {
    assertThat(plan("SELECT id FROM customers")).isInstanceOf(Planning.Refused.class);
  }

  @Test
  void plansUnderTheSettingsThatItSends() {
    // Given: the planner computes what it compares with, and quotes what is no number.
    String settings = "current_setting('%s')::int";

    // When
    List<String> found =
        Stream.of("transaction_read_only", "search_path", "statement_timeout")
            .map(settings::formatted)
            .map(value -> plan("SELECT id FROM shop.customers WHERE id > " + value))
            .map(planning -> ((Planning.Refused) planning).problem().message())
            .toList();

    // Then
    assertThat(found)
        .satisfiesExactly(
            readOnly -> assertThat(readOnly).contains("\"on\""),
            path -> assertThat(path).contains("\"pg_catalog, pg_temp\""),
            timeout -> assertThat(timeout).contains("\"5s\""));
  }

  @Test
  void saysNothingOfATextThatIsTwoStatements() {
    assertThat(plan("SELECT 1; SELECT 2")).isInstanceOf(Planning.Unavailable.class);
  }

  @Test
  void takesAQuestionMarkForAnOperator() {
    assertThat(plan("SELECT '{\"a\": 1}'::jsonb ? 'a' AS has FROM shop.customers"))
        .isInstanceOf(Planning.Planned.class);
  }

  @Test
  void cannotBeMadeToRunOrWriteAnything() {
    // Nothing like it gets here, since the guard goes first; the transaction is the second wall.
    assertThat(plan("SELECT 1; DELETE FROM shop.customers"))
        .isNotInstanceOf(Planning.Planned.class);
    Planning.Planned after = (Planning.Planned) plan("SELECT id FROM shop.customers");
    assertThat(after.rows()).isEqualTo(50);
  }

  @Test
  void doesNotBlameTheStatementForWhatIsAmiss() {
    assertThat(plan("SELECT id FROM shop.hidden"))
        .isEqualTo(
            new Planning.Unavailable(
                "the database of the datasource answered with SQLSTATE 42501"));
    assertThat(plans.plan("away", new GuardVerdict.Approved("SELECT 1"), LONG))
        .isInstanceOfSatisfying(
            Planning.Unavailable.class,
            away -> assertThat(away.reason()).doesNotContain("127.0.0.1"));
    assertThat(plans.plan("unheard-of", new GuardVerdict.Approved("SELECT 1"), LONG))
        .isInstanceOf(Planning.Unavailable.class);
  }

  private Planning plan(String sql) {
    return plans.plan("shop", new GuardVerdict.Approved(sql), LONG);
  }
}
