package io.querytrail.generator.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.testkit.ScriptedModelServer;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes out, as each provider's documentation wants it. */
class ProtocolRequestTest {
  private static final List<String> KEYS =
      List.of("sql", "explanation", "warnings", "suggested_visualization");

  private final Clock clock = Clock.systemUTC();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScriptedModelServer server =
      new ScriptedModelServer(call -> ScriptedModelServer.http(500, Map.of(), "{}"));

  @AfterEach
  void close() {
    http.shutdownNow();
    server.close();
  }

  @Test
  void openAiTakesAStrictSchema() {
    ScriptedModelServer.Call call = sent(Protocol.OPENAI, "/v1", "gpt-4o-mini");
    assertThat(call.path()).isEqualTo("/v1/chat/completions");
    JsonNode body = call.body();
    assertThat(body.path("temperature").asDouble(-1)).isZero();
    assertThat(body.path("max_tokens").asInt()).isEqualTo(321);
    assertThat(roles(body.path("messages"))).containsExactly("system", "user");
    JsonNode format = body.path("response_format");
    assertThat(format.path("type").asText()).isEqualTo("json_schema");
    assertThat(format.path("json_schema").path("strict").asBoolean()).isTrue();
    assertIsStrict(format.path("json_schema").path("schema"));
  }

  @Test
  void anthropicTakesASchemaAsOutputConfigAndTheSystemPromptApart() {
    ScriptedModelServer.Call call = sent(Protocol.ANTHROPIC, "/v1", "claude-sonnet-4-5");
    assertThat(call.path()).isEqualTo("/v1/messages");
    JsonNode body = call.body();
    assertThat(body.path("model").asText()).isEqualTo("claude-sonnet-4-5");
    assertThat(body.path("temperature").asDouble(-1)).isZero();
    assertThat(body.path("max_tokens").asInt()).isEqualTo(321);
    assertThat(body.path("system").path(0).path("text").asText()).isEqualTo("answer in JSON");
    assertThat(roles(body.path("messages"))).containsExactly("user");
    JsonNode format = body.path("output_config").path("format");
    assertThat(format.path("type").asText()).isEqualTo("json_schema");
    assertIsStrict(format.path("schema"));
    assertThat(call.headers()).containsKey("Anthropic-version");
  }

  @Test
  void geminiTakesAResponseSchemaAndTheModelInThePath() {
    ScriptedModelServer.Call call = sent(Protocol.GEMINI, "/v1beta", "gemini-2.5-flash");
    assertThat(call.path()).isEqualTo("/v1beta/models/gemini-2.5-flash:generateContent");
    JsonNode config = call.body().path("generationConfig");
    assertThat(config.path("temperature").asDouble(-1)).isZero();
    assertThat(config.path("maxOutputTokens").asInt()).isEqualTo(321);
    assertThat(config.path("responseMimeType").asText()).isEqualTo("application/json");
    JsonNode schema =
        config.has("responseSchema")
            ? config.path("responseSchema")
            : config.path("responseJsonSchema");
    assertThat(names(schema.path("properties"))).containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(call.body().path("systemInstruction").path("parts").path(0).path("text").asText())
        .isEqualTo("answer in JSON");
  }

  @Test
  void ollamaTakesTheSchemaAsFormatAndAWindowForTheWholePrompt() {
    ScriptedModelServer.Call call = sent(Protocol.OLLAMA, "", "llama3.2");
    assertThat(call.path()).isEqualTo("/api/chat");
    JsonNode body = call.body();
    assertThat(body.path("stream").asBoolean(true)).isFalse();
    assertThat(names(body.path("format").path("properties")))
        .containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(body.path("options").path("temperature").asDouble(-1)).isZero();
    assertThat(body.path("options").path("num_predict").asInt()).isEqualTo(321);
    assertThat(body.path("options").path("num_ctx").asInt()).isEqualTo(8_000 + 321);
    assertThat(roles(body.path("messages"))).containsExactly("system", "user");
  }

  @ParameterizedTest
  @CsvSource({
    "OPENAI, gpt-4o, true",
    "OPENAI, gpt-5-mini, false",
    "OPENAI, o3, false",
    "ANTHROPIC, claude-3-5-haiku-20241022, true",
    "ANTHROPIC, claude-sonnet-4-20250514, true",
    "ANTHROPIC, claude-opus-4-6, true",
    "ANTHROPIC, claude-opus-4-7, false",
    "ANTHROPIC, claude-opus-4-8-20260601, false",
    "ANTHROPIC, claude-sonnet-5, false",
    "GEMINI, gemini-2.5-pro, true",
    "GEMINI, no-temperature, false",
    "OPENAI, no-temperature, false",
    "ANTHROPIC, no-temperature, false",
    "OLLAMA, no-temperature, false"
  })
  void leavesTheTemperatureOutWhereAModelRefusesIt(
      Protocol protocol, String model, boolean expected) {
    assertThat(sent(protocol, "/v1", model).body().findValue("temperature") != null)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void sendsTheKeyOfEachCallAndNoOther(Protocol protocol) {
    String[] key = {"first-key"};
    ChatModelClient client =
        new ChatModelClient(
            protocol,
            new Endpoint("test", uri(""), () -> Map.of("X-Own-Key", key[0], "X-Team", "data")),
            http,
            clock);
    client.generate(call("m"));
    key[0] = "second-key";
    client.generate(call("m"));
    assertThat(server.calls())
        .extracting(call -> call.headers().get("X-own-key"))
        .containsExactly(List.of("first-key"), List.of("second-key"));
    assertThat(server.calls())
        .allSatisfy(call -> {
          assertThat(call.headers()).containsEntry("X-team", List.of("data"));
          assertThat(call.headers())
              .doesNotContainKeys("Authorization", "X-api-key", "X-goog-api-key");
          assertThat(call.headers().toString()).doesNotContain(WireFormat.NO_KEY);
        });
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void leavesTheSchemaOutWhereTheServerKnowsNone(Protocol protocol) {
    ChatModelClient client =
        new ChatModelClient(
            protocol,
            new Endpoint("test", uri(""), Map::of, AnswerFormat.PROMPT, Set.of()),
            http,
            clock);
    client.generate(call("m"));
    assertThat(server.calls().getFirst().body().toString())
        .doesNotContain("suggested_visualization");
  }

  @Test
  void callsThroughTheProxy() {
    HttpClient proxied =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(
                ProxySelector.of(
                    InetSocketAddress.createUnresolved("127.0.0.1", uri("").getPort())))
            .build();
    Endpoint behind = new Endpoint("test", URI.create("http://models.invalid/v1"), Map::of);
    ModelAnswer answer =
        new ChatModelClient(Protocol.OPENAI, behind, proxied, clock).generate(call("m"));
    proxied.shutdownNow();
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.HTTP_5XX);
    assertThat(server.calls()).hasSize(1);
    assertThat(server.calls().getFirst().headers())
        .containsEntry("Host", List.of("models.invalid"));
  }

  private ScriptedModelServer.Call sent(Protocol protocol, String basePath, String model) {
    Endpoint endpoint =
        new Endpoint("test", uri(basePath), Map::of, AnswerFormat.SCHEMA, Set.of("no-temperature"));
    new ChatModelClient(protocol, endpoint, http, clock).generate(call(model));
    assertThat(server.calls()).hasSize(1);
    return server.calls().getFirst();
  }

  private URI uri(String basePath) {
    return URI.create(server.rootUrl() + basePath);
  }

  private ModelCall call(String model) {
    return new ModelCall(
        new ModelName("test", model),
        List.of(
            new Message(Message.Role.SYSTEM, "answer in JSON"),
            new Message(Message.Role.USER, "the question")),
        8_000,
        321,
        clock.instant().plus(Duration.ofSeconds(20)),
        Purpose.GENERATE,
        new SendAllowance(1),
        0);
  }

  private static void assertIsStrict(JsonNode schema) {
    assertThat(names(schema.path("properties"))).containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(schema.path("required").valueStream().map(JsonNode::asText))
        .containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static List<String> roles(JsonNode messages) {
    return messages.valueStream().map(message -> message.path("role").asText()).toList();
  }
}
