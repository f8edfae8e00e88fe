package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each provider's format, by its documentation, over HTTP. */
final class WireFormatsTest {
  private static final String KNOWN = "How many customers do we have?";
  private static final String KEY = "demo-key";

  private final ModelServer server =
      ModelServer.start(ModelServer.Options.defaults().withLatency(Latency.NONE).withApiKey(KEY));
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.shutdownNow();
    server.close();
  }

  @Test
  void speaksAnthropicsMessages() throws Exception {
    JsonNode body = json(anthropic("x-api-key", KEY));
    assertThat(body.path("type").asText()).isEqualTo("message");
    assertThat(body.path("stop_reason").asText()).isEqualTo("end_turn");
    assertThat(body.path("content").path(0).path("text").asText()).contains("count(*)");
    assertThat(body.path("usage").path("input_tokens").asInt()).isPositive();
    assertThat(body.path("usage").path("output_tokens").asInt())
        .isEqualTo(server.served().getFirst().usage().completionTokens());
  }

  @Test
  void speaksGooglesGenerateContent() throws Exception {
    JsonNode body = json(gemini("x-goog-api-key", KEY));
    JsonNode candidate = body.path("candidates").path(0);
    assertThat(candidate.path("finishReason").asText()).isEqualTo("STOP");
    assertThat(candidate.path("content").path("parts").path(0).path("text").asText())
        .contains("count(*)");
    JsonNode usage = body.path("usageMetadata");
    assertThat(usage.path("totalTokenCount").asInt())
        .isEqualTo(
            usage.path("promptTokenCount").asInt() + usage.path("candidatesTokenCount").asInt());
    assertThat(server.served().getFirst().model()).isEqualTo("gemini-2.5-flash");
  }

  @Test
  void speaksOllamasChat() throws Exception {
    JsonNode body = json(ollama("Authorization", "Bearer " + KEY));
    assertThat(body.path("done").asBoolean()).isTrue();
    assertThat(body.path("message").path("content").asText()).contains("count(*)");
    assertThat(body.path("eval_count").asInt()).isPositive();
  }

  @Test
  void wantsTheKeyWhereEachProviderHasIt() throws Exception {
    assertThat(anthropic("Authorization", "Bearer " + KEY).statusCode()).isEqualTo(401);
    assertThat(gemini("x-api-key", KEY).statusCode()).isEqualTo(401);
    assertThat(ollama("x-api-key", KEY).statusCode()).isEqualTo(401);
  }

  @Test
  void asksToWaitInEachProvidersWay() throws Exception {
    server.inject(Fault.rateLimited(7));
    assertThat(anthropic("x-api-key", KEY).headers().firstValue("Retry-After")).contains("7");
    HttpResponse<String> gemini = gemini("x-goog-api-key", KEY);
    assertThat(gemini.headers().firstValue("Retry-After")).isEmpty();
    assertThat(json(gemini).path("error").path("details").path(0).path("retryDelay").asText())
        .isEqualTo("7s");
  }

  @Test
  void endsAnswersInEachProvidersWay() throws Exception {
    server.inject(Fault.ends(Ending.MAX_TOKENS).times(3));
    assertThat(json(anthropic("x-api-key", KEY)).path("stop_reason").asText())
        .isEqualTo("max_tokens");
    assertThat(
            json(gemini("x-goog-api-key", KEY))
                .path("candidates")
                .path(0)
                .path("finishReason")
                .asText())
        .isEqualTo("MAX_TOKENS");
    assertThat(json(ollama("Authorization", "Bearer " + KEY)).path("done_reason").asText())
        .isEqualTo("length");
    server.inject(Fault.ends(Ending.CONTENT_FILTER).times(2));
    HttpResponse<String> filtered = anthropic("x-api-key", KEY);
    assertThat(filtered.statusCode()).isEqualTo(400);
    assertThat(server.served().getLast().usage()).isEqualTo(TokenUsage.NONE);
    assertThat(
            json(gemini("x-goog-api-key", KEY)).path("promptFeedback").path("blockReason").asText())
        .isEqualTo("PROHIBITED_CONTENT");
    server.inject(Fault.ends(Ending.REFUSAL).times(1));
    assertThat(json(anthropic("x-api-key", KEY)).path("stop_reason").asText()).isEqualTo("refusal");
  }

  @Test
  void answersOtherPathsBesideThemWithNotFound() throws Exception {
    for (String path :
        List.of("/v1/messages/batches", "/v1beta/models/x:countTokens", "/api/chatter")) {
      assertThat(post(server.rootUrl() + path, "x-api-key", KEY, "{}").statusCode())
          .as(path)
          .isEqualTo(404);
    }
  }

  private HttpResponse<String> anthropic(String header, String value) throws Exception {
    return post(
        server.anthropicBaseUrl() + "/messages",
        header,
        value,
        """
        {"model": "claude-sonnet-4-5", "max_tokens": 500,
         "system": [{"type": "text", "text": "Write SQL."}],
         "messages": [{"role": "user", "content": [{"type": "text", "text": "%s"}]}]}
        """
            .formatted(KNOWN));
  }

  private HttpResponse<String> gemini(String header, String value) throws Exception {
    return post(
        server.geminiBaseUrl() + "/models/gemini-2.5-flash:generateContent",
        header,
        value,
        """
        {"systemInstruction": {"parts": [{"text": "Write SQL."}]},
         "contents": [{"role": "user", "parts": [{"text": "%s"}]}],
         "generationConfig": {"maxOutputTokens": 500}}
        """
            .formatted(KNOWN));
  }

  private HttpResponse<String> ollama(String header, String value) throws Exception {
    return post(
        server.ollamaBaseUrl() + "/api/chat",
        header,
        value,
        """
        {"model": "llama3.2", "stream": false, "options": {"num_predict": 500},
         "messages": [{"role": "system", "content": "Write SQL."},
           {"role": "user", "content": "%s"}]}
        """
            .formatted(KNOWN));
  }

  private HttpResponse<String> post(String url, String header, String value, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header(header, value)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return ModelClient.json(response.body());
  }
}
