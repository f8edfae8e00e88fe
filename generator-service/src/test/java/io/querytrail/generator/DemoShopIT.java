package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Fault;
import io.querytrail.demo.Latency;
import io.querytrail.demo.ModelServer;
import io.querytrail.demo.Served;
import io.querytrail.demo.ShopQuestion;
import io.querytrail.demo.ShopQuestions;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.RelationShown;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The demo's shop and its model provider: what the provider bills is what the events report. */
@ExtendWith(Stack.Extension.class)
class DemoShopIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ModelServer models;
  private static Wire wire;
  private static GeneratorService service;

  @BeforeAll
  static void start(Stack stack) {
    stack.createDemoShop();
    models =
        ModelServer.start(
            ModelServer.Options.defaults().withApiKey(Configs.API_KEY).withLatency(Latency.NONE));
    wire = new Wire(stack.bootstrapServers());
    service =
        GeneratorService.start(
            Configs.generator(
                stack.bootstrapServers(),
                wire.groupAtTheEnd(),
                models.baseUrl(),
                stack.shopUrl(),
                "PT10S"));
  }

  @AfterAll
  static void stop() {
    service.close();
    wire.close();
    models.close();
  }

  @BeforeEach
  void clearFaults() {
    models.clearFaults();
  }

  @Test
  void answersEveryQuestionAndReportsWhatTheProviderBills() {
    // Given
    int servedBefore = models.served().size();
    Map<String, ShopQuestion> asked = new LinkedHashMap<>();
    ShopQuestions.all().forEach(question -> asked.put(UUID.randomUUID().toString(), question));

    // When
    wire.admit(
        asked.entrySet().stream()
            .map(entry -> question(entry.getKey(), entry.getValue().question(), PATIENCE))
            .toArray(QueryAdmitted[]::new));

    // Then
    asked.forEach((requestId, question) -> {
      SpecificRecord event = onlyGeneration(requestId);
      if (question.kind() == ShopQuestion.Kind.PROSE) {
        assertFailed(event, "not_json");
      } else if (event instanceof GenerationFailed failed) {
        // What the safety check lets through and the database cannot plan.
        assertThat(question.kind()).isEqualTo(ShopQuestion.Kind.WRONG);
        assertFailed(event, "plan_refused");
        assertThat(failed.getSql()).isEqualTo(question.answer());
      } else {
        assertAnswered((QueryGenerated) event, question);
      }
    });
    List<Served> served = models.served().subList(servedBefore, models.served().size());
    List<ModelAttempt> attempts =
        asked.keySet().stream()
            .map(DemoShopIT::onlyGeneration)
            .flatMap(event -> attempts(event).stream())
            .toList();
    assertThat(served).hasSameSizeAs(attempts);
    assertThat(attempts.stream().mapToLong(attempt -> attempt.getUsage().getInputTokens()).sum())
        .isEqualTo(served.stream().mapToLong(call -> call.usage().promptTokens()).sum());
    assertThat(attempts.stream().mapToLong(attempt -> attempt.getUsage().getOutputTokens()).sum())
        .isEqualTo(served.stream().mapToLong(call -> call.usage().completionTokens()).sum());
  }

  private static void assertFailed(SpecificRecord event, String errorType) {
    assertThat(event)
        .isInstanceOfSatisfying(
            GenerationFailed.class,
            failed -> assertThat(failed.getErrorType()).isEqualTo(errorType));
  }

  /** Good statements have a plan; those that the safety check rejects were never planned. */
  private static void assertAnswered(QueryGenerated generated, ShopQuestion question) {
    assertThat(generated.getSql()).isEqualTo(question.answer());
    assertThat(generated.getRelations())
        .extracting(RelationShown::getSchemaName)
        .containsOnly("shop");
    if (question.kind() == ShopQuestion.Kind.GOOD) {
      assertThat(generated.getPlan()).as(question.question()).isNotNull();
      assertThat(generated.getAttempts()).hasSize(1);
    } else {
      assertThat(generated.getPlan()).as(question.question()).isNull();
      assertThat(generated.getPlanError()).contains("the safety check rejects");
    }
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("faults")
  void namesEachFaultOfTheProvider(Fault fault, String errorType) {
    // Given
    models.inject(fault);
    String requestId = UUID.randomUUID().toString();

    // When
    wire.admit(
        question(
            requestId,
            ShopQuestions.byKind(ShopQuestion.Kind.GOOD).getFirst().question(),
            errorType.equals("timeout") ? Duration.ofSeconds(4) : PATIENCE));

    // Then
    SpecificRecord event = onlyGeneration(requestId);
    assertThat(event).isInstanceOf(GenerationFailed.class);
    assertThat(((GenerationFailed) event).getErrorType()).isEqualTo(errorType);
    assertThat(attempt(event).getSent()).isTrue();
    assertThat(attempt(event).getErrorType()).isEqualTo(errorType);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(Fault.status(401), "auth"),
        Arguments.of(Fault.status(500), "http_5xx"),
        Arguments.of(Fault.status(503), "http_5xx"),
        Arguments.of(Fault.rateLimited(2), "rate_limited"),
        Arguments.of(Fault.emptyBody(), "bad_response"),
        Arguments.of(Fault.brokenJson(), "bad_response"),
        Arguments.of(Fault.prose(), "not_json"),
        Arguments.of(Fault.truncated(), "network"),
        Arguments.of(Fault.drip(Duration.ofMillis(50)), "timeout"),
        Arguments.of(Fault.hang(), "timeout"),
        Arguments.of(Fault.slow(Duration.ofMinutes(5)), "timeout"));
  }

  private static QueryAdmitted question(String requestId, String question, Duration limit) {
    return admission(requestId, question)
        .setDatasource("demo")
        .setCandidates(List.of(new ModelCandidate("test", "gpt-4o-mini", "cheap")))
        .setDeadline(Instant.now().plus(limit))
        .build();
  }

  private static SpecificRecord onlyGeneration(String requestId) {
    return wire.event(
        await()
            .atMost(PATIENCE)
            .until(() -> wire.generations(requestId), records -> records.size() == 1)
            .getFirst());
  }

  private static ModelAttempt attempt(SpecificRecord event) {
    return attempts(event).getLast();
  }

  private static List<ModelAttempt> attempts(SpecificRecord event) {
    return switch (event) {
      case QueryGenerated generated -> generated.getAttempts();
      case GenerationFailed failed -> failed.getAttempts();
      default -> throw new AssertionError("not expected: " + event);
    };
  }
}
