package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.answer;
import static io.querytrail.generator.testkit.ScriptedModelServer.drip;
import static io.querytrail.generator.testkit.ScriptedModelServer.http;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static io.querytrail.generator.testkit.ScriptedModelServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.querytrail.events.ColumnShown;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.RelationShown;
import io.querytrail.events.TokenUsage;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.TraceParent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** The service as a whole: real broker, real PostgreSQL, a model server over HTTP. */
@ExtendWith(Stack.Extension.class)
class GeneratorServiceIT {
  private static final ListAppender<ILoggingEvent> LOGS = new ListAppender<>();

  private static ScriptedModelServer models;
  private static Wire wire;
  private static GeneratorService service;

  @BeforeAll
  static void start(Stack stack) {
    listenToLogs();
    models = new ScriptedModelServer(GeneratorServiceIT::reply);
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
    assertThat(LOGS.list)
        .noneMatch(event -> event.getFormattedMessage().contains(Configs.API_KEY))
        .noneMatch(event -> String.valueOf(event.getKeyValuePairs()).contains(Configs.API_KEY))
        .noneMatch(event ->
            event.getThrowableProxy() != null
                && String.valueOf(event.getThrowableProxy().getMessage())
                    .contains(Configs.API_KEY));
  }

  private static ScriptedModelServer.Reply reply(ScriptedModelServer.Call call) {
    String message = call.userMessage();
    if (message.contains("prose please")) {
      return text("Sure! Here is your query: SELECT 1");
    } else if (message.contains("fence please")) {
      return text("```json\n" + answer("SELECT 1") + "\n```");
    } else if (message.contains("error please")) {
      return http(
          500, Map.of(), "{\"error\": {\"message\": \"key " + Configs.API_KEY + " is bad\"}}");
    } else if (message.contains("limit please")) {
      return http(429, Map.of("Retry-After", "1"), "{}");
    } else if (message.contains("drip please")) {
      return drip();
    }
    return sql("SELECT count(*) FROM shop.orders");
  }

  @Test
  void answersAnAdmissionWithSqlUsageAndWhatWasShown() {
    // Given
    TraceParent trace = TraceParent.start(new Random(1));
    QueryAdmitted admission = admission(id(), "How many orders are there?").build();

    // When
    wire.admit(admission, trace);

    // Then
    ConsumerRecord<byte[], byte[]> record = onlyGeneration(admission);
    QueryGenerated generated = (QueryGenerated) wire.event(record);
    assertThat(generated.getSql()).isEqualTo("SELECT count(*) FROM shop.orders");
    assertThat(generated.getExplanation()).isEqualTo("what it does");
    assertThat(generated.getWarnings()).containsExactly("an assumption");
    assertThat(generated.getSuggestedVisualization()).isEqualTo("table");
    assertThat(generated.getAccount()).isEqualTo("acme");
    assertThat(generated.getAdmissionId()).isEqualTo(admission.getAdmissionId());
    assertThat(generated.getProvider()).isEqualTo("test");
    assertThat(generated.getModel()).isEqualTo("m");
    assertThat(generated.getPromptVersion()).isEqualTo(PromptWriter.VERSION);
    assertThat(generated.getSchemaFingerprint()).matches("[0-9a-f]{64}");
    assertThat(generated.getRelations())
        .extracting(RelationShown::getName)
        .contains("customers", "orders", "visits")
        .doesNotContain("hidden", "employees", "visits_2026");
    assertThat(generated.getRelations())
        .filteredOn(relation -> relation.getName().equals("customers"))
        .singleElement()
        .satisfies(relation ->
            assertThat(relation.getColumns())
                .contains(new ColumnShown("country", "character(2)"))
                .hasSize(4));
    ModelAttempt attempt = generated.getAttempts().getFirst();
    assertThat(attempt.getNumber()).isEqualTo(1);
    assertThat(attempt.getSent()).isTrue();
    assertThat(attempt.getResponseModel()).isEqualTo("test-model-2026");
    assertThat(attempt.getHttpStatus()).isEqualTo(200);
    assertThat(attempt.getUsage()).isEqualTo(new TokenUsage(100L, 10L, null, 20L, 5L));
    assertThat(generated.getModelMillis()).isBetween(0L, 10_000L);
    assertThat(record.key()).isEqualTo("acme".getBytes(StandardCharsets.UTF_8));
    assertThat(EventHeaders.trace(record.headers()))
        .hasValueSatisfying(next -> {
          assertThat(next.traceId()).isEqualTo(trace.traceId());
          assertThat(next.spanId()).isNotEqualTo(trace.spanId());
        });
    assertThat(EventHeaders.text(record.headers(), EventHeaders.ID))
        .hasValue(admission.getAdmissionId() + "/" + generated.getDispatchNonce());
    assertThat(EventHeaders.text(record.headers(), EventHeaders.TYPE))
        .hasValue("io.querytrail.events.QueryGenerated");
  }

  @Test
  void promptHoldsQuestionSchemaAndNoOtherSchemas() {
    String question = "Which country has the most customers " + id() + "?";
    QueryAdmitted admission =
        admission(id(), question).setSchemas(List.of("shop", "pg_catalog")).build();

    wire.admit(admission);

    onlyGeneration(admission);
    String prompt =
        models.calls().stream()
            .map(ScriptedModelServer.Call::userMessage)
            .filter(message -> message.contains(question))
            .findFirst()
            .orElseThrow();
    assertThat(prompt)
        .contains("shop.customers", "ISO 3166 code", "one of 'new', 'paid', 'shipped'")
        .doesNotContain("pg_catalog.", "pg_class", "staff.", "salary", "password");
  }

  @Test
  void failsOnProseAndOnFencesButKeepsTheUsage() {
    for (String question : List.of("prose please", "fence please")) {
      GenerationFailed failed = failed(admission(id(), question).build());

      assertThat(failed.getErrorType()).isEqualTo("not_json");
      assertThat(failed.getAttempts()).hasSize(1);
      assertThat(failed.getAttempts().getFirst().getErrorType()).isEqualTo("not_json");
      assertThat(failed.getAttempts().getFirst().getUsage())
          .isEqualTo(new TokenUsage(100L, 10L, null, 20L, 5L));
    }
  }

  @Test
  void namesWhatTheProviderDid() {
    GenerationFailed error = failed(admission(id(), "error please").build());
    assertThat(error.getErrorType()).isEqualTo("http_5xx");
    assertThat(error.toString()).doesNotContain(Configs.API_KEY);
    assertThat(error.getAttempts()).hasSize(3).allMatch(ModelAttempt::getSent);

    GenerationFailed limited = failed(admission(id(), "limit please").build());
    assertThat(limited.getErrorType()).isEqualTo("rate_limited");
    assertThat(limited.getAttempts()).hasSize(3).allMatch(ModelAttempt::getSent);
  }

  @Test
  void knowsThatNothingWasSentWhereNobodyListensAndWhereNobodyIsConfigured() {
    GenerationFailed refused =
        failed(admission(id(), "hello").setCandidates(candidate("nobody")).build());
    assertThat(refused.getErrorType()).isEqualTo("network");
    assertThat(refused.getAttempts()).hasSize(3).noneMatch(ModelAttempt::getSent);

    GenerationFailed unknown =
        failed(admission(id(), "hello").setCandidates(candidate("unheard-of")).build());
    assertThat(unknown.getErrorType()).isEqualTo("unknown_provider");
    assertThat(unknown.getAttempts()).singleElement().matches(attempt -> !attempt.getSent());
  }

  @Test
  void boundsADrippingServerByTheDeadline() {
    Instant deadline = Instant.now().plusSeconds(4);

    GenerationFailed failed = failed(admission(id(), "drip please").setDeadline(deadline).build());

    assertThat(failed.getErrorType()).isEqualTo("timeout");
    assertThat(failed.getAttempts()).singleElement().matches(ModelAttempt::getSent);
    assertThat(failed.getModelMillis()).isBetween(0L, 6_000L);
  }

  @Test
  void callsNobodyAfterTheDeadline() {
    String question = "too late " + id();

    GenerationFailed failed =
        failed(admission(id(), question).setDeadline(Instant.now().minusSeconds(1)).build());

    assertThat(failed.getErrorType()).isEqualTo("deadline");
    assertThat(failed.getAttempts()).isEmpty();
    assertThat(models.calls()).noneMatch(call -> call.userMessage().contains(question));
  }

  @Test
  void failsWithoutASchema() {
    assertThat(failed(admission(id(), "hello").setDatasource("down").build()).getErrorType())
        .isEqualTo("no_schema");
    assertThat(failed(admission(id(), "hello").setDatasource("unheard-of").build()).getErrorType())
        .isEqualTo("unknown_datasource");
    assertThat(
            failed(admission(id(), "hello").setSchemas(List.of("pg_catalog")).build())
                .getErrorType())
        .isEqualTo("no_schema");
  }

  @Test
  void sendsNothingWhereTheQuestionAloneIsTooLarge() {
    GenerationFailed failed = failed(admission(id(), "hello").setMaxInputTokens(50).build());

    assertThat(failed.getErrorType()).isEqualTo("input_too_large");
    assertThat(failed.getAttempts()).isEmpty();
  }

  @Test
  void putsPoisonWithTheDeadLettersAndGoesOn() {
    // Given
    QueryAdmitted before = admission(id(), "before the poison").build();
    QueryAdmitted after = admission(id(), "after the poison").build();
    byte[] poison = ("poison " + id()).getBytes(StandardCharsets.UTF_8);

    // When
    wire.admit(before);
    RecordMetadata written = wire.writeRaw("acme", poison);
    wire.admit(after);

    // Then
    onlyGeneration(before);
    onlyGeneration(after);
    ConsumerRecord<byte[], byte[]> letter =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    wire.deadLetters().stream()
                        .filter(record -> java.util.Arrays.equals(record.value(), poison))
                        .toList(),
                letters -> letters.size() == 1)
            .getFirst();
    assertThat(letter.key()).isEqualTo("acme".getBytes(StandardCharsets.UTF_8));
    assertThat(EventHeaders.text(letter.headers(), DeadLetter.TOPIC)).hasValue(written.topic());
    assertThat(EventHeaders.text(letter.headers(), DeadLetter.PARTITION))
        .hasValue(Integer.toString(written.partition()));
    assertThat(EventHeaders.text(letter.headers(), DeadLetter.OFFSET))
        .hasValue(Long.toString(written.offset()));
    assertThat(EventHeaders.text(letter.headers(), DeadLetter.ERROR_CLASS))
        .hasValue("SerializationException");
  }

  @Test
  void tellsThatItIsReadyAndWhatItMeasured() throws IOException, InterruptedException {
    // Given
    onlyGeneration(admitted(admission(id(), "hello").build()));
    failed(admission(id(), "prose please").build());

    // Then
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(service.health().reasonsAgainstReady()).isEmpty());
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    String metrics = get("/metrics").body();
    assertThat(metrics)
        .contains("ai_query_generation_duration_seconds_count{provider=\"test\"}")
        .containsPattern(
            "ai_query_generation_errors_total\\{error_type=\"not_json\",provider=\"test\"}")
        .contains("gen_ai_client_operation_duration_seconds_bucket")
        .contains("gen_ai_client_token_usage_token_sum")
        .contains("gen_ai_client_inference_usage_input_tokens_total")
        .contains("querytrail_generator_in_flight")
        .containsPattern(
            "resilience4j_circuitbreaker_state\\{.*name=\"test:m\".*state=\"closed\".*} 1.0")
        .containsPattern("resilience4j_bulkhead_available_concurrent_calls\\{.*name=\"test\"")
        .contains("kafka_consumer_")
        .contains("kafka_producer_")
        .contains("hikaricp_connections")
        .contains("jvm_memory_used_bytes")
        .doesNotContain(Configs.API_KEY);
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static GenerationFailed failed(QueryAdmitted admission) {
    SpecificRecord event = wire.event(onlyGeneration(admitted(admission)));
    assertThat(event).isInstanceOf(GenerationFailed.class);
    return (GenerationFailed) event;
  }

  private static QueryAdmitted admitted(QueryAdmitted admission) {
    wire.admit(admission);
    return admission;
  }

  private static ConsumerRecord<byte[], byte[]> onlyGeneration(QueryAdmitted admission) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> wire.generations(admission.getRequestId()), records -> records.size() == 1)
        .getFirst();
  }

  private static List<ModelCandidate> candidate(String provider) {
    return List.of(new ModelCandidate(provider, "m", "cheap"));
  }

  private static String id() {
    return UUID.randomUUID().toString();
  }

  private static void listenToLogs() {
    LOGS.start();
    for (String name : List.of("io.querytrail", "dev.langchain4j", "com.zaxxer", "jdk")) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      logger.setLevel(Level.TRACE);
      logger.setAdditive(false);
      logger.addAppender(LOGS);
    }
  }
}
