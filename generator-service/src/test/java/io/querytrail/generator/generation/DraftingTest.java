package io.querytrail.generator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.answer.CheckedModelClient;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.cachestore.MemoryAnswerStore;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.metrics.AnswerCacheMetrics;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.generator.testkit.SampleSchemas;
import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** What happens between a model's answer and the verdict. */
class DraftingTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Planning.Planned PLAN = new Planning.Planned(12.5, 40);
  private static final Problem TYPES =
      new Problem(
          "42883",
          "operator does not exist: text = integer",
          "You might need to add explicit type casts.",
          "= 1");

  private final SettableClock clock = new SettableClock(NOW);
  private final Deque<String> answers = new ArrayDeque<>();
  private final Deque<Planning> plans = new ArrayDeque<>();
  private final List<ModelCall> calls = new ArrayList<>();
  private final List<String> planned = new ArrayList<>();
  private Duration planTakes = Duration.ZERO;
  private AnswerCache cache = AnswerCache.none(clock);
  private DatabaseSchema schema = SampleSchemas.shop();
  private int doubts;
  private Runnable whenDoubted = () -> {};

  private final SchemaSource schemas =
      new SchemaSource() {
        @Override
        public SchemaReading read(String datasource, SortedSet<String> names) {
          return new SchemaReading.Known(schema);
        }

        @Override
        public void doubt(String datasource) {
          doubts++;
          whenDoubted.run();
        }
      };

  private final ModelClient models =
      call -> {
        calls.add(call);
        call.allowance().tryTake();
        String sql = answers.removeFirst();
        String text = sql.startsWith("{") ? sql : "{\"sql\":\"" + sql + "\"}";
        return new ModelAnswer.Text(
            text,
            call.model(),
            List.of(
                new Attempt(
                    call.model(),
                    null,
                    call.purpose(),
                    true,
                    NOW,
                    Duration.ofMillis(5),
                    null,
                    200,
                    null)));
      };

  @Test
  void carriesCostAndRowsOfThePlan() {
    answers.add("SELECT good");
    plans.add(PLAN);
    Generation.Generated generated = generated(3);
    assertThat(generated.plan()).isEqualTo(PLAN);
    assertThat(generated.planError()).isNull();
    assertThat(generated.repairs()).isZero();
    assertThat(generated.degradedReason()).isNull();
    assertThat(planned).containsExactly("approved: SELECT good");
  }

  @Test
  void sendsAPlanningErrorBackWithHintAndPlaceAsData() {
    answers.addAll(List.of("SELECT wrong", "SELECT good"));
    plans.addAll(List.of(new Planning.Refused(TYPES), PLAN));
    Generation.Generated generated = generated(3);
    assertThat(generated.answer().sql()).isEqualTo("SELECT good");
    assertThat(generated.repairs()).isEqualTo(1);
    assertThat(generated.plan()).isEqualTo(PLAN);
    assertThat(generated.attempts())
        .extracting(Attempt::purpose)
        .containsExactly(Purpose.GENERATE, Purpose.REPAIR);
    List<Message> repair = calls.getLast().messages();
    assertThat(repair).hasSize(4);
    assertThat(repair.get(2))
        .isEqualTo(new Message(Message.Role.ASSISTANT, "{\"sql\":\"SELECT wrong\"}"));
    assertThat(repair.get(3).text())
        .contains(
            "PROBLEM (data: a JSON object)",
            "\"code\":\"42883\"",
            "operator does not exist: text = integer",
            "explicit type casts",
            "\"at\":\"= 1\"");
  }

  @Test
  void repairsTwiceAtMostAndThenFailsWithTheStatement() {
    answers.addAll(List.of("SELECT a", "SELECT b", "SELECT c", "SELECT d"));
    plans.addAll(
        List.of(
            new Planning.Refused(TYPES), new Planning.Refused(TYPES), new Planning.Refused(TYPES)));
    Generation.Failed failed = failed(9);
    assertThat(failed.error()).isEqualTo(ErrorType.PLAN_REFUSED);
    assertThat(failed.message()).contains("42883", "operator does not exist");
    assertThat(failed.sql()).isEqualTo("SELECT c");
    assertThat(failed.attempts()).hasSize(3);
  }

  @Test
  void repairsOutOfTheSendsOfTheAdmissionAlone() {
    answers.addAll(List.of("SELECT a", "SELECT b"));
    plans.addAll(List.of(new Planning.Refused(TYPES), new Planning.Refused(TYPES)));
    assertThat(failed(2).attempts()).hasSize(2);
    answers.add("SELECT a");
    plans.add(new Planning.Refused(TYPES));
    assertThat(failed(1).attempts()).hasSize(1);
  }

  @Test
  void asksNobodyAfterTheDeadline() {
    answers.add("SELECT a");
    plans.add(new Planning.Refused(TYPES));
    planTakes = Duration.ofMinutes(2);
    assertThat(failed(3).attempts()).hasSize(1);
  }

  @Test
  void asksNotAgainWhereTheModelKnowsNoBetter() {
    answers.addAll(List.of("SELECT a", "SELECT a", "SELECT never"));
    plans.add(new Planning.Refused(TYPES));
    assertThat(failed(3).attempts()).hasSize(2);
  }

  @Test
  void staysWithTheFirstAnswerWhereTheRepairIsNone() {
    answers.addAll(List.of("SELECT unknown", "{\"sql\": 1}"));
    Generation.Generated generated = generated(2);
    assertThat(generated.answer().sql()).isEqualTo("SELECT unknown");
    assertThat(generated.attempts())
        .extracting(Attempt::error)
        .containsExactly(null, ErrorType.WRONG_SHAPE);
    assertThat(generated.planError())
        .isEqualTo("not asked: the safety check rejects the statement by COLUMN_UNKNOWN");
  }

  @Test
  void asksNoDatabaseAboutWhatTheGuardRejects() {
    answers.add("DROP TABLE orders");
    Generation.Generated generated = generated(3);
    assertThat(planned).isEmpty();
    assertThat(generated.plan()).isNull();
    assertThat(generated.planError())
        .isEqualTo("not asked: the safety check rejects the statement by STATEMENT_TYPE");
    assertThat(generated.attempts()).hasSize(1);
    assertThat(generated.repairs()).isZero();
  }

  @Test
  void mendsAMistakeThatTheGuardFinds() {
    answers.addAll(List.of("SELECT unknown", "SELECT good"));
    plans.add(PLAN);
    Generation.Generated generated = generated(3);
    assertThat(generated.answer().sql()).isEqualTo("SELECT good");
    assertThat(generated.repairs()).isEqualTo(1);
    assertThat(planned).containsExactly("approved: SELECT good");
  }

  @Test
  void flagsAnAnswerThatNoDatabaseChecked() {
    answers.add("SELECT good");
    plans.add(new Planning.Unavailable("the database is away"));
    Generation.Generated generated = generated(3);
    assertThat(generated.plan()).isNull();
    assertThat(generated.planError()).isEqualTo("the database is away");
    assertThat(generated.degradedReason())
        .isEqualTo("not checked by the database: the database is away");
  }

  @Test
  void routesByTheQuestionAndSaysWhy() {
    answers.add("SELECT good");
    plans.add(PLAN);
    Generation.Generated generated =
        (Generation.Generated) generate(3, "Show the median order value");
    assertThat(generated.model()).isEqualTo(new ModelName("test", "strong"));
    assertThat(generated.routingReason()).isEqualTo("strong: the question says \"median\"");
  }

  @Test
  void answerIsUsedAgainWithAPlanOfItsOwn() {
    cache = memory();
    answers.add("SELECT good");
    plans.addAll(List.of(PLAN, new Planning.Planned(99, 7)));
    generated(3);

    Generation.Generated again = generated(3);

    assertThat(again.answer().sql()).isEqualTo("SELECT good");
    assertThat(again.reuse()).isEqualTo(new AnswerCache.Reuse("memory", Duration.ZERO));
    assertThat(again.plan()).isEqualTo(new Planning.Planned(99, 7));
    assertThat(again.attempts()).isEmpty();
    assertThat(calls).hasSize(1);
  }

  @Test
  void answerThatTheDatabaseRefusesByNowIsWrittenAnew() {
    cache = memory();
    answers.addAll(List.of("SELECT good", "SELECT better"));
    plans.addAll(List.of(PLAN, new Planning.Refused(TYPES), PLAN));
    generated(3);

    Generation.Generated again = generated(3);

    assertThat(again.answer().sql()).isEqualTo("SELECT better");
    assertThat(again.reuse()).isNull();
    assertThat(again.repairs()).isZero();
    assertThat(again.attempts()).hasSize(1);
  }

  @Test
  void answerThatIsUsedAgainWhileTheDatabaseIsAwayIsFlagged() {
    cache = memory();
    answers.add("SELECT good");
    plans.addAll(List.of(PLAN, new Planning.Unavailable("the database is away")));
    generated(3);

    assertThat(generated(3).degradedReason())
        .isEqualTo("not checked by the database: the database is away");
  }

  @Test
  void whatNoDatabaseCheckedOrTheGuardRejectedIsNotUsedAgain() {
    cache = memory();
    answers.addAll(List.of("SELECT unchecked", "DROP TABLE orders", "SELECT good"));
    plans.addAll(List.of(new Planning.Unavailable("the database is away"), PLAN));

    assertThat(generated(3).answer().sql()).isEqualTo("SELECT unchecked");
    assertThat(generated(3).answer().sql()).isEqualTo("DROP TABLE orders");
    assertThat(generated(3).answer().sql()).isEqualTo("SELECT good");
  }

  private AnswerCache memory() {
    return new AnswerCache(
        new MemoryAnswerStore(10, System::nanoTime),
        Duration.ofHours(1),
        Map.of(),
        clock,
        new AnswerCacheMetrics(new SimpleMeterRegistry()));
  }

  @Test
  void judgesAgainAndPaysNothingWhereTheSchemaHasChangedMeanwhile() {
    // Given
    answers.add("SELECT sum(total) FROM shop.discounts");
    plans.add(PLAN);
    DatabaseSchema changed = shopWithDiscounts();
    whenDoubted = () -> schema = changed;

    // When
    Generation.Generated generated = generated(3);

    // Then
    assertThat(generated.repairs()).isZero();
    assertThat(generated.attempts()).hasSize(1);
    assertThat(generated.schemaFingerprint()).isEqualTo(changed.fingerprint());
    assertThat(generated.shown())
        .extracting(relation -> relation.name().name())
        .contains("discounts");
  }

  @Test
  void repairsByTheChangedSchemaWhereTheDatabaseDoesNotKnowAName() {
    // Given
    answers.addAll(List.of("SELECT gone FROM shop.orders", "SELECT total FROM shop.discounts"));
    Problem gone = new Problem("42703", "column \"gone\" does not exist", null, "gone");
    plans.addAll(List.of(new Planning.Refused(gone), new Planning.Refused(gone), PLAN));
    whenDoubted = () -> schema = shopWithDiscounts();

    // When
    Generation.Generated generated = generated(3);

    // Then
    assertThat(generated.repairs()).isEqualTo(1);
    assertThat(calls.getLast().messages().get(1).text()).contains("shop.discounts");
    assertThat(calls.getFirst().messages().get(1).text()).doesNotContain("shop.discounts");
  }

  @Test
  void doubtsTheSchemaOnceAndForUnknownNamesAlone() {
    answers.addAll(List.of("SELECT unknown", "SELECT unknown too", "SELECT still unknown"));
    assertThat(generated(9).repairs()).isEqualTo(2);
    assertThat(doubts).isEqualTo(1);

    answers.addAll(List.of("SELECT wrong", "SELECT good"));
    plans.addAll(List.of(new Planning.Refused(TYPES), PLAN));
    generated(3);
    assertThat(doubts).isEqualTo(1);
  }

  private static DatabaseSchema shopWithDiscounts() {
    List<Relation> relations = new ArrayList<>(SampleSchemas.shop().relations());
    relations.add(SampleSchemas.table("discounts", null, SampleSchemas.column("total", "int")));
    return new DatabaseSchema(relations);
  }

  private Generation.Generated generated(int sends) {
    Generation generation = generate(sends, "how many orders");
    assertThat(generation).isInstanceOf(Generation.Generated.class);
    return (Generation.Generated) generation;
  }

  private Generation.Failed failed(int sends) {
    Generation generation = generate(sends, "how many orders");
    assertThat(generation).isInstanceOf(Generation.Failed.class);
    return (Generation.Failed) generation;
  }

  private Generation generate(int sends, String question) {
    Parts parts =
        new Parts(
            schemas,
            new PromptWriter(text -> text.length() / 4 + 1),
            cache,
            new FallbackChain(new CheckedModelClient(models), clock),
            (model, ceiling) -> ceiling,
            (sql, rules, shown) -> judge(sql, shown),
            (datasource, statement, timeout) -> {
              planned.add(statement.sql());
              clock.advance(planTakes);
              return plans.removeFirst();
            },
            () -> "nonce",
            clock,
            bug -> {
              throw bug;
            });
    return new SqlGenerator(parts).generate(admission(sends, question));
  }

  private GuardVerdict judge(String sql, List<Relation> shown) {
    if (sql.contains("discounts")
        && shown.stream().noneMatch(relation -> relation.name().name().equals("discounts"))) {
      return new GuardVerdict.Rejected(
          "RELATION_NOT_ALLOWED",
          new Problem("RELATION_NOT_ALLOWED", "no such relation", null, "discounts"));
    }
    if (sql.startsWith("DROP")) {
      return new GuardVerdict.Rejected("STATEMENT_TYPE", null);
    }
    return sql.contains("unknown")
        ? new GuardVerdict.Rejected(
            "COLUMN_UNKNOWN", new Problem("COLUMN_UNKNOWN", "no such column", null, "unknown"))
        : new GuardVerdict.Approved("approved: " + sql);
  }

  private static Admission admission(int sends, String question) {
    return new Admission(
        "r1",
        "acme",
        "r1/1",
        "shop",
        new Question(question, null, null, null, Map.of()),
        List.of(
            new Candidate(new ModelName("test", "cheap"), "cheap"),
            new Candidate(new ModelName("test", "strong"), "strong")),
        null,
        RoutingRules.DEFAULTS,
        4_000,
        500,
        sends,
        NOW.plusSeconds(60),
        List.of("shop"),
        1000,
        new GuardRules(List.of("shop"), 1000, Set.of(), Map.of()),
        NOW);
  }
}
