package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelServerTest {
  private static final String KNOWN = "How many customers do we have?";
  private static final ModelServer.Options AT_ONCE =
      ModelServer.Options.defaults().withLatency(Latency.NONE);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  private ModelServer start(ModelServer.Options options) {
    ModelServer server = ModelServer.start(options);
    open.add(server);
    return server;
  }

  private ModelClient client(ModelServer server) {
    ModelClient client = new ModelClient(server.baseUrl(), null);
    open.add(client);
    return client;
  }

  @Test
  void answersAKnownQuestionInTheProvidersFormat() throws Exception {
    ModelServer server = start(AT_ONCE);

    HttpResponse<String> response = client(server).ask(KNOWN);

    assertThat(server.baseUrl()).matches("http://127\\.0\\.0\\.1:\\d+/v1");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode body = ModelClient.json(response.body());
    assertThat(body.path("object").asText()).isEqualTo("chat.completion");
    assertThat(body.path("model").asText()).isEqualTo("gpt-4o-mini");
    JsonNode choice = body.path("choices").path(0);
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
    JsonNode content = content(response);
    assertThat(content.path("sql").asText())
        .isEqualTo("SELECT count(*) AS customers FROM shop.customers");
    assertThat(content.path("explanation").asText()).isNotBlank();
    assertThat(content.path("warnings").isArray()).isTrue();
    assertThat(content.path("suggested_visualization").asText()).isEqualTo("none");
  }

  @Test
  void answersEveryKnownQuestionWithWhatIsWritten() throws Exception {
    ModelClient client = client(start(AT_ONCE));

    for (ShopQuestion question : ShopQuestions.all()) {
      HttpResponse<String> response = client.ask("QUESTION\n" + question.question() + "\n");

      String text = text(response);
      String said =
          question.kind() == ShopQuestion.Kind.PROSE
              ? text
              : ModelClient.json(text).path("sql").asText();
      assertThat(said).as(question.question()).isEqualTo(question.answer());
    }
  }

  @Test
  void countsTheTableThatAnUnknownQuestionNames() throws Exception {
    ModelClient client = client(start(AT_ONCE));

    assertThat(content(client.ask("Which review was the first?")).path("sql").asText())
        .isEqualTo("SELECT count(*) AS reviews FROM shop.reviews");
    assertThat(content(client.ask("What is going on in the shop?")).path("sql").asText())
        .isEqualTo("SELECT count(*) AS orders FROM shop.orders");
  }

  @Test
  void readsMessagesThatAreListsOfParts() throws Exception {
    ObjectNode request = ModelClient.request("Write SQL.", "");
    ((ObjectNode) request.path("messages").path(1))
        .putArray("content")
        .addObject()
        .put("type", "text")
        .put("text", KNOWN);

    assertThat(content(client(start(AT_ONCE)).chat(request)).path("sql").asText())
        .contains("shop.customers");
  }

  @Test
  void logsExactlyTheUsageThatItReports() throws Exception {
    ModelServer server = start(AT_ONCE);

    JsonNode usage = ModelClient.json(client(server).ask(KNOWN).body()).path("usage");

    assertThat(usage.path("prompt_tokens").asInt()).isBetween(15, 30);
    assertThat(usage.path("completion_tokens").asInt()).isPositive();
    assertThat(usage.path("total_tokens").asInt())
        .isEqualTo(usage.path("prompt_tokens").asInt() + usage.path("completion_tokens").asInt());
    assertThat(usage.path("completion_tokens_details").path("reasoning_tokens").asInt(-1)).isZero();
    assertThat(server.served())
        .singleElement()
        .satisfies(call -> {
          assertThat(call.model()).isEqualTo("gpt-4o-mini");
          assertThat(call.question()).isEqualTo(KNOWN);
          assertThat(call.status()).isEqualTo(200);
          assertThat(call.usage())
              .isEqualTo(
                  new TokenUsage(
                      usage.path("prompt_tokens").asInt(),
                      0,
                      usage.path("completion_tokens").asInt(),
                      0));
        });
  }

  @Test
  void givesTheCachePriceToALongBeginningThatItKnows() throws Exception {
    ModelClient client = client(start(AT_ONCE));
    ObjectNode request = ModelClient.request("a rule to keep in mind, ".repeat(300), KNOWN);

    JsonNode first = ModelClient.json(client.chat(request).body()).path("usage");
    JsonNode second = ModelClient.json(client.chat(request).body()).path("usage");

    assertThat(first.path("prompt_tokens_details").path("cached_tokens").asInt(-1)).isZero();
    assertThat(second.path("prompt_tokens_details").path("cached_tokens").asInt())
        .isGreaterThanOrEqualTo(1024)
        .isLessThanOrEqualTo(second.path("prompt_tokens").asInt());
  }

  @Test
  void endsAtTheCeilingOfTokens() throws Exception {
    ObjectNode request = ModelClient.request("Write SQL.", KNOWN).put("max_tokens", 5);

    JsonNode body = ModelClient.json(client(start(AT_ONCE)).chat(request).body());

    assertThat(body.path("choices").path(0).path("finish_reason").asText()).isEqualTo("length");
    assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void endsAtTheCeilingUnderItsNewNameToo() throws Exception {
    ObjectNode request = ModelClient.request("Write SQL.", KNOWN).put("max_completion_tokens", 7);

    JsonNode body = ModelClient.json(client(start(AT_ONCE)).chat(request).body());

    assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(7);
  }

  @Test
  void refusesAWrongKeyAndTakesTheRightOne() throws Exception {
    ModelServer server = start(AT_ONCE.withApiKey("sk-right"));
    ModelClient right = new ModelClient(server.baseUrl(), "sk-right");
    open.add(right);

    HttpResponse<String> refused = client(server).ask(KNOWN);

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(ModelClient.json(refused.body()).path("error").path("code").asText())
        .isEqualTo("invalid_api_key");
    assertThat(right.ask(KNOWN).statusCode()).isEqualTo(200);
    assertThat(server.served()).extracting(Served::status).containsExactly(401, 200);
    assertThat(AT_ONCE.withApiKey("sk-right").toString()).doesNotContain("sk-right");
  }

  @Test
  void refusesWhatIsNotARequest() throws Exception {
    ModelClient client = client(start(AT_ONCE));

    assertThat(client.post("/chat/completions", "{\"model\":").statusCode()).isEqualTo(400);
    assertThat(client.post("/chat/completions", "{}").statusCode()).isEqualTo(400);
    assertThat(client.post("/chat/completions", "{\"model\":\"m\"}").statusCode()).isEqualTo(400);
    assertThat(client.get("/chat/completions").statusCode()).isEqualTo(405);
    assertThat(client.get("/chat/completions/more").statusCode()).isEqualTo(404);
    assertThat(client.get("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void listsItsModels() throws Exception {
    JsonNode models = ModelClient.json(client(start(AT_ONCE)).get("/models").body());

    assertThat(models.path("data").path(0).path("id").asText()).isEqualTo("gpt-4o-mini");
  }

  @Test
  void forgetsTheOldestCallsBeyondItsLimit() throws Exception {
    ModelServer server = start(AT_ONCE.withServedLimit(2));
    ModelClient client = client(server);
    for (int i = 0; i < 5; i++) {
      client.ask("Count the orders of day " + i);
    }

    assertThat(server.served())
        .extracting(Served::question)
        .containsExactly("Count the orders of day 3", "Count the orders of day 4");
  }

  @Test
  void servesAThousandCallsAtATime() throws Exception {
    ModelServer server = start(AT_ONCE.withLatency(new Latency(Duration.ofMillis(500), 0, 1)));
    ModelClient client = client(server);
    Callable<Integer> call = () -> client.ask(KNOWN).statusCode();

    List<Future<Integer>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        answers.add(threads.submit(call));
      }
    }

    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(200);
    }
    assertThat(server.served()).hasSize(1000);
  }

  private static String text(HttpResponse<String> response) throws Exception {
    return ModelClient.json(response.body())
        .path("choices")
        .path(0)
        .path("message")
        .path("content")
        .asText();
  }

  private static JsonNode content(HttpResponse<String> response) throws Exception {
    return ModelClient.json(text(response));
  }
}
