package io.querytrail.generator.provider;

import static io.querytrail.generator.testkit.ScriptedModelServer.body;
import static io.querytrail.generator.testkit.ScriptedModelServer.completion;
import static io.querytrail.generator.testkit.ScriptedModelServer.drip;
import static io.querytrail.generator.testkit.ScriptedModelServer.http;
import static io.querytrail.generator.testkit.ScriptedModelServer.silence;
import static io.querytrail.generator.testkit.ScriptedModelServer.text;
import static io.querytrail.generator.testkit.ScriptedModelServer.usage;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.model.Usage;
import io.querytrail.generator.testkit.ScriptedModelServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatModelClientTest {
  private static final String KEY = "sk-test-key-that-must-not-be-seen";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Usage USAGE = new Usage(100L, 10L, null, 20L, 5L);

  private final Clock clock = Clock.systemUTC();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(30))
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  @AfterEach
  void stopClient() {
    http.shutdownNow();
  }

  @Test
  void asksForJsonAtTemperatureZeroBelowTheCeiling() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> text("hello"))) {
      // When
      ModelAnswer answer = client(server).generate(call("small-model", LONG));

      // Then
      assertThat(answer).isInstanceOf(ModelAnswer.Text.class);
      assertThat(((ModelAnswer.Text) answer).text()).isEqualTo("hello");
      JsonNode sent = server.calls().getFirst().body();
      assertThat(sent.path("model").asText()).isEqualTo("small-model");
      assertThat(sent.path("temperature").asDouble(-1)).isZero();
      assertThat(sent.path("max_tokens").asInt()).isEqualTo(321);
      assertThat(sent.path("response_format").path("type").asText()).isEqualTo("json_schema");
      assertThat(sent.path("messages").path(0).path("role").asText()).isEqualTo("system");
      assertThat(sent.path("messages").path(1).path("content").asText()).isEqualTo("the question");
      assertThat(server.calls().getFirst().headers())
          .containsEntry("Authorization", List.of("Bearer " + KEY));
    }
  }

  @Test
  void asksReasoningModelsInTheirOwnWay() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> text("hello"))) {
      // When
      client(server).generate(call("gpt-5-mini", LONG));

      // Then
      JsonNode sent = server.calls().getFirst().body();
      assertThat(sent.path("max_completion_tokens").asInt()).isEqualTo(321);
      assertThat(sent.has("max_tokens")).isFalse();
      assertThat(sent.has("temperature")).isFalse();
    }
  }

  @Test
  void recordsTheAttemptWithUsageAndModel() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> text("hello"))) {
      Attempt attempt = onlyAttempt(client(server).generate(call("small-model", LONG)));

      assertThat(attempt.usage()).isEqualTo(USAGE);
      assertThat(attempt.responseModel()).isEqualTo("test-model-2026");
      assertThat(attempt.sent()).isTrue();
      assertThat(attempt.error()).isNull();
      assertThat(attempt.httpStatus()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, '', HTTP_4XX",
    "401, invalid_api_key, AUTH",
    "403, '', AUTH",
    "404, model_not_found, HTTP_4XX",
    "408, '', TIMEOUT",
    "429, rate_limit_exceeded, RATE_LIMITED",
    "429, insufficient_quota, QUOTA_EXCEEDED",
    "500, server_error, HTTP_5XX",
    "503, '', HTTP_5XX",
    "302, '', HTTP_OTHER"
  })
  void namesWhatAStatusMeans(int status, String code, ErrorType error) {
    String body = "{\"error\": {\"message\": \"bad key " + KEY + "\", \"code\": \"" + code + "\"}}";
    try (ScriptedModelServer server =
        new ScriptedModelServer(call -> http(status, Map.of("Retry-After", "7"), body))) {
      // When
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      // Then
      assertThat(failure.error()).isEqualTo(error);
      assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
      assertThat(failure.message()).contains("HTTP " + status).contains(code).doesNotContain(KEY);
      assertThat(server.calls()).hasSize(1);
      Attempt attempt = onlyAttempt(failure);
      assertThat(attempt.sent()).isTrue();
      assertThat(attempt.error()).isEqualTo(error);
      assertThat(attempt.httpStatus()).isEqualTo(status);
      assertThat(attempt.usage()).isNull();
    }
  }

  @Test
  void doesNotRepeatAKeyThatTheProviderGivesAsItsCode() {
    String body = "{\"error\": {\"code\": \"" + KEY + "\", \"type\": \"" + KEY + "\"}}";
    try (ScriptedModelServer server = new ScriptedModelServer(call -> http(401, Map.of(), body))) {
      assertThat(failure(client(server).generate(call("m", LONG))).toString()).doesNotContain(KEY);
    }
  }

  @ParameterizedTest
  @CsvSource({"length, TRUNCATED", "content_filter, REFUSED"})
  void failsWithUsageWhenTheAnswerDidNotEndInOrder(String finishReason, ErrorType error) {
    try (ScriptedModelServer server =
        new ScriptedModelServer(call -> completion("{\"sql\"", finishReason, usage(100, 20)))) {
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      assertThat(failure.error()).isEqualTo(error);
      assertThat(onlyAttempt(failure).usage()).isEqualTo(USAGE);
    }
  }

  @Test
  void failsWithUsageOnARefusal() {
    String body =
        body("", "stop", usage(100, 20)).replace("\"content\": \"\"", "\"refusal\": \"I won't\"");
    try (ScriptedModelServer server = new ScriptedModelServer(call -> http(200, Map.of(), body))) {
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      assertThat(failure.error()).isEqualTo(ErrorType.REFUSED);
      assertThat(onlyAttempt(failure).usage()).isEqualTo(USAGE);
    }
  }

  @Test
  void failsWithUsageOnAnEmptyAnswer() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> text(""))) {
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      assertThat(failure.error()).isEqualTo(ErrorType.EMPTY);
      assertThat(onlyAttempt(failure).usage()).isEqualTo(USAGE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html>Welcome to the proxy</html>",
        "''",
        "{}",
        "{\"choices\": []}",
        "{\"choices\": \"none\"}",
        "[]"
      })
  void failsOnABodyThatIsNoCompletion(String body) {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> http(200, Map.of(), body))) {
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      assertThat(failure.error()).isEqualTo(ErrorType.BAD_RESPONSE);
      assertThat(onlyAttempt(failure).sent()).isTrue();
      assertThat(onlyAttempt(failure).usage()).isNull();
    }
  }

  @Test
  void knowsThatNothingWasSentWhereNobodyListens() throws IOException {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
    }

    ModelAnswer.Failure failure = failure(client(nobody).generate(call("m", LONG)));

    assertThat(failure.error()).isEqualTo(ErrorType.NETWORK);
    assertThat(onlyAttempt(failure).sent()).isFalse();
  }

  @Test
  void knowsThatNothingWasSentWhereTheHostHasNoAddress() {
    URI nowhere = URI.create("http://no-such-host.invalid/v1");

    ModelAnswer.Failure failure = failure(client(nowhere).generate(call("m", LONG)));

    assertThat(failure.error()).isEqualTo(ErrorType.NETWORK);
    assertThat(onlyAttempt(failure).sent()).isFalse();
  }

  @Test
  void assumesTheRequestWasSentWhenTheConnectionBreaks() {
    try (ScriptedModelServer server =
        new ScriptedModelServer(call -> ScriptedModelServer.resetMidBody())) {
      ModelAnswer.Failure failure = failure(client(server).generate(call("m", LONG)));

      assertThat(failure.error()).isEqualTo(ErrorType.NETWORK);
      assertThat(onlyAttempt(failure).sent()).isTrue();
      assertThat(onlyAttempt(failure).usage()).isNull();
    }
  }

  @Test
  void endsAtTheDeadlineWhenTheServerIsSilent() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> silence())) {
      assertEndsAtTheDeadline(server);
    }
  }

  @Test
  void endsAtTheDeadlineWhenTheServerDrips() {
    try (ScriptedModelServer server = new ScriptedModelServer(call -> drip())) {
      assertEndsAtTheDeadline(server);
    }
  }

  @Test
  void keepsCallsApartHoweverManyThereAre() throws Exception {
    int calls = 500;
    try (ScriptedModelServer server =
            new ScriptedModelServer(call -> {
              int number = Integer.parseInt(call.userMessage());
              return completion("answer " + number, "stop", usage(1_000 + number, 20));
            });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ChatModelClient client = client(server);

      // When
      List<Future<ModelAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        ModelCall call = call("m", LONG, Integer.toString(i));
        answers.add(threads.submit(() -> client.generate(call)));
      }

      // Then
      for (int i = 0; i < calls; i++) {
        ModelAnswer answer = answers.get(i).get();
        assertThat(((ModelAnswer.Text) answer).text()).isEqualTo("answer " + i);
        assertThat(onlyAttempt(answer).usage())
            .isEqualTo(new Usage(1_000L + i, 10L, null, 20L, 5L));
      }
    }
  }

  private void assertEndsAtTheDeadline(ScriptedModelServer server) {
    Duration deadline = Duration.ofMillis(700);
    long start = System.nanoTime();

    ModelAnswer.Failure failure = failure(client(server).generate(call("m", deadline)));

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(600), Duration.ofSeconds(5));
    assertThat(failure.error()).isEqualTo(ErrorType.TIMEOUT);
    assertThat(onlyAttempt(failure).sent()).isTrue();
  }

  private ChatModelClient client(ScriptedModelServer server) {
    return client(URI.create(server.baseUrl()));
  }

  private ChatModelClient client(URI baseUrl) {
    return new ChatModelClient(
        Protocol.OPENAI,
        new Endpoint("test", baseUrl, () -> Map.of("Authorization", "Bearer " + KEY)),
        http,
        clock);
  }

  private ModelCall call(String model, Duration deadline) {
    return call(model, deadline, "the question");
  }

  private ModelCall call(String model, Duration deadline, String question) {
    return new ModelCall(
        new ModelName("test", model),
        List.of(
            new Message(Message.Role.SYSTEM, "answer in JSON"),
            new Message(Message.Role.USER, question)),
        8_000,
        321,
        clock.instant().plus(deadline),
        Purpose.GENERATE,
        new SendAllowance(1),
        0);
  }

  private static ModelAnswer.Failure failure(ModelAnswer answer) {
    assertThat(answer).isInstanceOf(ModelAnswer.Failure.class);
    return (ModelAnswer.Failure) answer;
  }

  private static Attempt onlyAttempt(ModelAnswer answer) {
    assertThat(answer.attempts()).hasSize(1);
    return answer.attempts().getFirst();
  }
}
