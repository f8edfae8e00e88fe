package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.after;
import static io.querytrail.generator.testkit.ScriptedModelServer.http;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same question paid once: over a real broker, a real database and real HTTP. */
@ExtendWith(Stack.Extension.class)
class AnswerCacheIT {
  private static ScriptedModelServer models;
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private static volatile boolean failing;
  private static Wire wire;
  private static GeneratorService service;

  @BeforeAll
  static void start(Stack stack) {
    models = new ScriptedModelServer(AnswerCacheIT::reply);
    wire = new Wire(stack.bootstrapServers());
    String yaml =
        Configs.yaml(
                stack.bootstrapServers(),
                wire.groupAtTheEnd(),
                models.baseUrl(),
                stack.shopUrl(),
                "PT10S",
                1_000)
            + "answerCache: {kind: memory}\n";
    service =
        GeneratorService.start(ConfigFile.parse(yaml, GeneratorConfig.class, Map.of(), "test"));
  }

  @AfterAll
  static void stop() {
    service.close();
    wire.close();
    models.close();
  }

  private static ScriptedModelServer.Reply reply(ScriptedModelServer.Call call) {
    ScriptedModelServer.Reply reply =
        failing ? http(400, Map.of(), "{}") : sql(statement(call.userMessage()));
    return after(gate, reply);
  }

  private static String statement(String prompt) {
    return prompt.contains("DROP it")
        ? "DROP TABLE shop.customers"
        : "SELECT id FROM shop.customers";
  }

  @Test
  void secondAnswerIsTheFirstOnePaidOnceAndPlannedAnew() throws Exception {
    String question = question();
    QueryGenerated first = generated(admission(id(), question).build());
    QueryGenerated second = generated(admission(id(), "  " + question + " ?").build());

    assertThat(first.getCacheHit()).isFalse();
    assertThat(first.getCacheTier()).isNull();
    assertThat(first.getAttempts()).hasSize(1);
    assertThat(second.getCacheHit()).isTrue();
    assertThat(second.getCacheTier()).isEqualTo("memory");
    assertThat(second.getCacheAgeMillis()).isBetween(0L, 60_000L);
    assertThat(second.getAttempts()).isEmpty();
    assertThat(second.getSql()).isEqualTo(first.getSql());
    assertThat(second.getExplanation()).isEqualTo(first.getExplanation());
    assertThat(second.getWarnings()).isEqualTo(first.getWarnings());
    assertThat(second.getSuggestedVisualization()).isEqualTo("table");
    assertThat(second.getModel()).isEqualTo("m");
    assertThat(second.getRelations()).isEqualTo(first.getRelations());
    assertThat(second.getPlan().getTotalCost()).isPositive();
    assertThat(calls(question)).isEqualTo(1);
    assertThat(metric("querytrail_answer_cache_hits_total{tier=\"memory\"}")).isPositive();
    assertThat(metric("querytrail_answer_cache_size")).isPositive();
  }

  @Test
  void neverSharesAcrossAccountsModelsOrPolicies() {
    String question = question();
    generated(admission(id(), question).build());

    assertThat(generated(admission(id(), question).setAccount("globex").build()).getCacheHit())
        .isFalse();
    assertThat(generated(admission(id(), question).setRowCap(10).build()).getCacheHit()).isFalse();
    assertThat(
            generated(
                    admission(id(), question)
                        .setCandidates(List.of(new ModelCandidate("test", "other", "cheap")))
                        .build())
                .getCacheHit())
        .isFalse();
    assertThat(generated(admission(id(), question).build()).getCacheHit()).isTrue();
    assertThat(calls(question)).isEqualTo(4);
  }

  @Test
  void manyWhoAskTheSameAtOnceShareOneCall() {
    String question = question();
    gate = new CountDownLatch(1);
    List<QueryAdmitted> admissions =
        IntStream.range(0, 40).mapToObj(i -> admission(id(), question).build()).toList();
    wire.admit(admissions.toArray(QueryAdmitted[]::new));
    await().until(() -> calls(question) == 1);
    gate.countDown();

    List<QueryGenerated> answers = new ArrayList<>();
    admissions.forEach(admitted -> answers.add((QueryGenerated) outcome(admitted.getRequestId())));

    assertThat(calls(question)).isEqualTo(1);
    assertThat(answers).filteredOn(answer -> !answer.getCacheHit()).hasSize(1);
    assertThat(answers)
        .filteredOn(QueryGenerated::getCacheHit)
        .hasSize(39)
        .allSatisfy(answer -> {
          assertThat(answer.getAttempts()).isEmpty();
          assertThat(answer.getCacheTier()).isIn("in-flight", "memory");
        })
        .extracting(QueryGenerated::getCacheTier)
        .contains("in-flight");
  }

  @Test
  void failuresAreNobodysAnswer() {
    String question = question();
    failing = true;
    try {
      wire.admit(admission("failing-" + question, question).build());
      assertThat(outcome("failing-" + question)).isInstanceOf(GenerationFailed.class);
    } finally {
      failing = false;
    }

    assertThat(generated(admission(id(), question).build()).getCacheHit()).isFalse();
    assertThat(calls(question)).isEqualTo(2);
  }

  @Test
  void whatTheGuardRejectsIsPaidEachTime() {
    String question = question() + " and DROP it";
    generated(admission(id(), question).build());

    assertThat(generated(admission(id(), question).build()).getCacheHit()).isFalse();
    assertThat(calls(question)).isEqualTo(2);
  }

  private static String question() {
    return "Question " + UUID.randomUUID();
  }

  private static String id() {
    return "request-" + UUID.randomUUID();
  }

  private static long calls(String question) {
    return models.calls().stream()
        .filter(call -> call.body().path("messages").toString().contains(question))
        .count();
  }

  private static QueryGenerated generated(QueryAdmitted admitted) {
    wire.admit(admitted);
    return (QueryGenerated) outcome(admitted.getRequestId());
  }

  private static SpecificRecord outcome(String requestId) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !wire.generations(requestId).isEmpty());
    return wire.event(wire.generations(requestId).getFirst());
  }

  private static double metric(String name) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    }
  }
}
