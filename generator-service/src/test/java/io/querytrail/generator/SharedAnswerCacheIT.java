package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.EmbeddedCache;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.generator.testkit.CacheServers;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole service with its answers in a real Redis or memcached, which is killed in mid-run. */
@ExtendWith(Stack.Extension.class)
class SharedAnswerCacheIT {
  private ScriptedModelServer models;
  private Wire wire;

  @BeforeEach
  void start(Stack stack) {
    models = new ScriptedModelServer(call -> sql("SELECT id FROM shop.customers"));
    wire = new Wire(stack.bootstrapServers());
  }

  @AfterEach
  void stop() {
    wire.close();
    models.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached"})
  void answersOutliveTheServiceAndTheCacheOutlivesNothing(String kind, Stack stack)
      throws Exception {
    try (EmbeddedCache cache =
        kind.equals("redis") ? CacheServers.redis() : CacheServers.memcached()) {
      GeneratorConfig config = config(stack, kind, cache.port());
      String question = "Question " + UUID.randomUUID();
      try (GeneratorService first = GeneratorService.start(config)) {
        // The first question may come before the connection.
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> generated("Warm up " + kind).getCacheHit());
        assertThat(generated(question).getCacheHit()).isFalse();
      }
      try (GeneratorService second = GeneratorService.start(config)) {
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> generated("Warm up " + kind).getCacheHit());
        QueryGenerated hit = generated(question);
        assertThat(hit.getCacheTier()).isEqualTo(kind);
        assertThat(hit.getAttempts()).isEmpty();
        assertThat(hit.getSql()).isEqualTo("SELECT id FROM shop.customers");
        assertThat(hit.getCacheAgeMillis()).isBetween(1L, 60_000L);

        assertThat(post(second, "/cache/clear?account=globex&datasource=shop"))
            .isEqualTo("{\"tier\":\"" + kind + "\"}");
        assertThat(generated(question).getCacheHit()).isTrue();
        assertThat(post(second, "/cache/clear?account=acme")).contains(kind);
        assertThat(generated(question).getCacheHit()).isFalse();
        assertThat(generated(question).getCacheHit()).isTrue();
        assertThat(post(second, "/cache/clear?datasource=nowhere")).contains("no datasource");

        cache.kill();

        List<QueryAdmitted> admissions =
            IntStream.range(0, 30)
                .mapToObj(
                    i -> admission("request-" + UUID.randomUUID(), question + " " + i % 10).build())
                .toList();
        long start = System.nanoTime();
        wire.admit(admissions.toArray(QueryAdmitted[]::new));
        for (QueryAdmitted admitted : admissions) {
          QueryGenerated answer = outcome(admitted.getRequestId());
          assertThat(answer.getSql()).isEqualTo("SELECT id FROM shop.customers");
          assertThat(answer.getDegraded()).isFalse();
          assertThat(answer.getCacheTier()).isIn(null, "in-flight");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(post(second, "/cache/clear")).contains("\"error\":");
        assertThat(metrics(second))
            .contains("querytrail_answer_cache_errors_total{tier=\"" + kind + "\"}")
            .contains("querytrail_answer_cache_misses_total");
      }
    }
  }

  private GeneratorConfig config(Stack stack, String kind, int port) {
    String place =
        kind.equals("redis")
            ? "url: \"redis://127.0.0.1:%d\"".formatted(port)
            : "servers: [\"127.0.0.1:%d\"]".formatted(port);
    String yaml =
        Configs.yaml(
                stack.bootstrapServers(),
                wire.groupAtTheEnd(),
                models.baseUrl(),
                stack.shopUrl(),
                "PT10S",
                1_000)
            + "answerCache: {kind: %s, %s}\n".formatted(kind, place);
    return ConfigFile.parse(yaml, GeneratorConfig.class, Map.of(), "test");
  }

  private QueryGenerated generated(String question) {
    QueryAdmitted admitted = admission("request-" + UUID.randomUUID(), question).build();
    wire.admit(admitted);
    return outcome(admitted.getRequestId());
  }

  private QueryGenerated outcome(String requestId) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !wire.generations(requestId).isEmpty());
    return (QueryGenerated) wire.event(wire.generations(requestId).getFirst());
  }

  private static String post(GeneratorService service, String what)
      throws IOException, InterruptedException {
    return send(service, HttpRequest.newBuilder().POST(BodyPublishers.noBody()), what);
  }

  private static String metrics(GeneratorService service) throws IOException, InterruptedException {
    return send(service, HttpRequest.newBuilder().GET(), "/metrics");
  }

  private static String send(GeneratorService service, HttpRequest.Builder request, String what)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + what);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response = http.send(request.uri(uri).build(), BodyHandlers.ofString());
      return response.body();
    }
  }
}
