package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelServerFaultsTest {
  private static final String KNOWN = "How many customers do we have?";

  private final ModelServer server =
      ModelServer.start(ModelServer.Options.defaults().withLatency(Latency.NONE));
  private final ModelClient client = new ModelClient(server.baseUrl(), null);
  private final ModelClient control = new ModelClient(server.rootUrl(), null);

  @AfterEach
  void close() {
    client.close();
    control.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 408, 429, 500, 503})
  void failsWithTheProvidersErrorAsOftenAsTold(int status) throws Exception {
    server.inject(Fault.status(status).times(2));

    for (int i = 0; i < 2; i++) {
      HttpResponse<String> response = client.ask(KNOWN);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(ModelClient.json(response.body()).path("error").path("message").asText())
          .isNotBlank();
    }
    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(200);
    assertThat(server.served())
        .extracting(call -> call.usage().promptTokens() > 0)
        .containsExactly(false, false, true);
  }

  @Test
  void saysWhenToComeBack() throws Exception {
    server.inject(Fault.rateLimited(7).times(1));

    HttpResponse<String> response = client.ask(KNOWN);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("7");
  }

  @Test
  void strikesOnlyQuestionsWithTheseWords() throws Exception {
    server.inject(Fault.status(500).matching("Newsletter"));

    assertThat(client.ask("What share of customers wants the newsletter in each segment?"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(500);
    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(200);

    server.clearFaults();
    assertThat(client.ask("What share of customers wants the newsletter in each segment?"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
  }

  @Test
  void answersWithAnEmptyBodyOrBrokenJson() throws Exception {
    server.inject(Fault.emptyBody().times(1));
    server.inject(Fault.brokenJson().times(1));

    assertThat(client.ask(KNOWN).body()).isEmpty();
    String broken = client.ask(KNOWN).body();
    assertThatThrownBy(() -> ModelClient.json(broken)).isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void chargesForProse() throws Exception {
    server.inject(Fault.prose().times(1));

    JsonNode body = ModelClient.json(client.ask(KNOWN).body());

    assertThat(body.path("choices").path(0).path("message").path("content").asText())
        .startsWith("I am happy to help");
    assertThat(server.served().getFirst().usage().completionTokens())
        .isEqualTo(body.path("usage").path("completion_tokens").asInt())
        .isPositive();
  }

  @Test
  void cutsTheConnectionInTheMiddleOfAnAnswerThatIsPaid() {
    server.inject(Fault.truncated().times(1));

    assertThatThrownBy(() -> client.ask(KNOWN)).isInstanceOf(IOException.class);
    assertThat(server.served())
        .singleElement()
        .satisfies(call -> {
          assertThat(call.fault()).isEqualTo("truncated");
          assertThat(call.usage().completionTokens()).isPositive();
        });
  }

  @Test
  void dripsTheAnswerByteByByte() throws Exception {
    server.inject(Fault.drip(Duration.ofMillis(1)).times(1));

    assertThat(ModelClient.json(client.ask(KNOWN).body()).path("object").asText())
        .isEqualTo("chat.completion");
  }

  @Test
  void hangsUntilItIsStopped() {
    server.inject(Fault.hang());
    CompletableFuture<HttpResponse<String>> call =
        CompletableFuture.supplyAsync(() -> {
          try {
            return client.ask(KNOWN);
          } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
          }
        });
    await().until(() -> server.served().size() == 1);
    assertThat(call).isNotDone();

    server.close();

    await().until(call::isCompletedExceptionally);
    assertThat(server.served()).extracting(Served::status).containsExactly(0);
  }

  @Test
  void waitsBeforeAnAnswerThatIsRightOtherwise() throws Exception {
    server.inject(Fault.slow(Duration.ofMillis(150)).times(1));
    long start = System.nanoTime();

    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(200);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(150));
  }

  @Test
  void takesFaultsFromOtherProcesses() throws Exception {
    assertThat(
            control
                .post("/_fault", "{\"match\":\"customers\",\"status\":503,\"times\":1}")
                .statusCode())
        .isEqualTo(204);
    assertThat(control.post("/_fault", "{\"status\":429,\"retryAfter\":2,\"times\":1}"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(204);

    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(503);
    HttpResponse<String> second = client.ask(KNOWN);
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).contains("2");
    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(200);
  }

  @Test
  void takesEffectsByNameAndForgetsThemWhenTold() throws Exception {
    control.post("/_fault", "{\"effect\":\"empty\"}");
    assertThat(client.ask(KNOWN).body()).isEmpty();

    assertThat(control.delete("/_fault").statusCode()).isEqualTo(204);
    control.post("/_fault", "{\"content\":\"no JSON\",\"times\":1}");
    assertThat(client.ask(KNOWN).body()).contains("no JSON");
    assertThat(ModelClient.json(client.ask(KNOWN).body()).path("choices")).hasSize(1);
  }

  @Test
  void refusesFaultsThatItDoesNotKnow() throws Exception {
    assertThat(control.post("/_fault", "{\"stauts\":500}").statusCode()).isEqualTo(400);
    assertThat(control.post("/_fault", "{\"effect\":\"explode\"}").statusCode()).isEqualTo(400);
    assertThat(control.post("/_fault", "{\"status\":500,\"times\":0}").statusCode()).isEqualTo(400);
    assertThat(client.ask(KNOWN).statusCode()).isEqualTo(200);
  }

  @Test
  void tellsWhatItServedAsJsonLines() throws Exception {
    client.ask(KNOWN);
    server.inject(Fault.status(500).times(1));
    client.ask(KNOWN);

    List<String> lines = control.get("/_served").body().lines().toList();

    assertThat(lines).hasSize(2);
    JsonNode paid = ModelClient.json(lines.get(0));
    assertThat(paid.path("question").asText()).isEqualTo(KNOWN);
    assertThat(paid.path("model").asText()).isEqualTo("gpt-4o-mini");
    assertThat(paid.path("status").asInt()).isEqualTo(200);
    assertThat(paid.path("promptTokens").asInt())
        .isEqualTo(server.served().getFirst().usage().promptTokens());
    assertThat(ModelClient.json(lines.get(1)).path("status").asInt()).isEqualTo(500);
  }

  @Test
  void beginsWithTheFaultsOfItsOptions() throws Exception {
    try (ModelServer faulty =
            ModelServer.start(
                ModelServer.Options.defaults()
                    .withLatency(Latency.NONE)
                    .withFaults(List.of(Fault.status(503))));
        ModelClient other = new ModelClient(faulty.baseUrl(), null)) {
      assertThat(other.ask(KNOWN).statusCode()).isEqualTo(503);
    }
  }
}
