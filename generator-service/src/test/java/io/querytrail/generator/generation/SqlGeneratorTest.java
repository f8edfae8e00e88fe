package io.querytrail.generator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.answer.CheckedModelClient;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Usage;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.generator.testkit.SampleSchemas;
import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SqlGeneratorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Usage USAGE = new Usage(100L, null, null, 20L, null);

  private final SettableClock clock = new SettableClock(NOW);
  private final List<ModelCall> calls = new ArrayList<>();
  private final List<RuntimeException> bugs = new ArrayList<>();
  private SchemaSource schemas =
      (datasource, names) -> new SchemaReading.Known(SampleSchemas.shop());

  @Test
  void generatesWithTheFirstCandidateWithinTheAdmissionsCeilings() {
    // When
    Generation generation =
        generate(admission(2_000, NOW.plusSeconds(60)), "{\"sql\":\"SELECT 1\"}");

    // Then
    assertThat(generation).isInstanceOf(Generation.Generated.class);
    Generation.Generated generated = (Generation.Generated) generation;
    assertThat(generated.answer().sql()).isEqualTo("SELECT 1");
    assertThat(generated.nonce()).isEqualTo("nonce-1");
    assertThat(generated.model()).isEqualTo(new ModelName("test", "first"));
    assertThat(generated.schemaFingerprint()).isEqualTo(SampleSchemas.shop().fingerprint());
    assertThat(generated.shown())
        .extracting(r -> r.name().name())
        .containsExactly("customers", "orders");
    assertThat(generated.timing().queue()).isEqualTo(Duration.ofSeconds(3));
    assertThat(generated.attempts()).singleElement().extracting(Attempt::error).isNull();
    ModelCall call = calls.getFirst();
    assertThat(call.maxOutputTokens()).isEqualTo(500);
    assertThat(call.deadline()).isEqualTo(NOW.plusSeconds(60));
    assertThat(call.allowance().left()).isEqualTo(2);
  }

  @Test
  void callsNobodyAfterTheDeadline() {
    Generation.Failed failed = failed(admission(2_000, NOW), "{}");

    assertThat(failed.error()).isEqualTo(ErrorType.DEADLINE);
    assertThat(failed.attempts()).isEmpty();
    assertThat(calls).isEmpty();
  }

  @Test
  void recordsUsageOfAnAnswerThatCannotBeUsed() {
    Generation.Failed failed = failed(admission(2_000, NOW.plusSeconds(60)), "Sure! SELECT 1");

    assertThat(failed.error()).isEqualTo(ErrorType.NOT_JSON);
    // Each of the two candidates was asked, and each is paid.
    assertThat(failed.attempts())
        .hasSize(2)
        .allSatisfy(attempt -> {
          assertThat(attempt.usage()).isEqualTo(USAGE);
          assertThat(attempt.error()).isEqualTo(ErrorType.NOT_JSON);
        });
    assertThat(failed.promptVersion()).isEqualTo(PromptWriter.VERSION);
  }

  @Test
  void sendsNothingWhereTheQuestionAloneIsTooLarge() {
    Generation.Failed failed = failed(admission(100, NOW.plusSeconds(60)), "{}");

    assertThat(failed.error()).isEqualTo(ErrorType.INPUT_TOO_LARGE);
    assertThat(calls).isEmpty();
  }

  @Test
  void sendsNothingWithoutASchema() {
    schemas = (datasource, names) -> new SchemaReading.Unavailable("it is down");
    assertThat(failed(admission(2_000, NOW.plusSeconds(60)), "{}").error())
        .isEqualTo(ErrorType.NO_SCHEMA);

    schemas = (datasource, names) -> new SchemaReading.Known(new DatabaseSchema(List.of()));
    assertThat(failed(admission(2_000, NOW.plusSeconds(60)), "{}").error())
        .isEqualTo(ErrorType.NO_SCHEMA);

    schemas = (datasource, names) -> new SchemaReading.UnknownDatasource();
    assertThat(failed(admission(2_000, NOW.plusSeconds(60)), "{}").error())
        .isEqualTo(ErrorType.UNKNOWN_DATASOURCE);

    assertThat(calls).isEmpty();
  }

  @Test
  void reportsABugAsAFailureOfTheAdmission() {
    schemas =
        (datasource, names) -> {
          throw new IllegalStateException("a bug");
        };

    assertThat(failed(admission(2_000, NOW.plusSeconds(60)), "{}").error())
        .isEqualTo(ErrorType.INTERNAL);
    assertThat(bugs).hasSize(1);
  }

  private Generation.Failed failed(Admission admission, String answer) {
    Generation generation = generate(admission, answer);
    assertThat(generation).isInstanceOf(Generation.Failed.class);
    return (Generation.Failed) generation;
  }

  private Generation generate(Admission admission, String answer) {
    ModelClient models =
        call -> {
          calls.add(call);
          return new ModelAnswer.Text(
              answer,
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
                      USAGE)));
        };
    PromptWriter prompts = new PromptWriter(text -> text.length() / 4 + 1);
    return new SqlGenerator(
            new Parts(
                schemas,
                prompts,
                AnswerCache.none(clock),
                new FallbackChain(new CheckedModelClient(models), clock),
                (model, ceiling) -> ceiling,
                (sql, rules, shown) -> new GuardVerdict.Approved(sql),
                (datasource, statement, timeout) -> new Planning.Planned(1, 1),
                () -> "nonce-1",
                clock,
                bugs::add))
        .generate(admission);
  }

  private static Admission admission(int maxInputTokens, Instant deadline) {
    return new Admission(
        "r1",
        "acme",
        "r1/1",
        "shop",
        new Question("how many orders", null, null, null, Map.of()),
        List.of(
            new Candidate(new ModelName("test", "first"), "cheap"),
            new Candidate(new ModelName("test", "second"), "cheap")),
        null,
        RoutingRules.DEFAULTS,
        maxInputTokens,
        500,
        2,
        deadline,
        List.of("shop"),
        1000,
        new GuardRules(List.of("shop"), 1000, Set.of(), Map.of()),
        NOW.minusSeconds(3));
  }
}
