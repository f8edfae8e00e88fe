package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private final HealthChecks health = new HealthChecks();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AdminServer server = AdminServer.start(new HttpConfig(null, 0), health, metrics);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @Test
  void isUpWhileNoCheckHasAReasonAgainstIt() throws Exception {
    health.ready("stream", Optional::empty);
    health.live("threads", Optional::empty);

    for (String path : new String[] {"/health/live", "/health/ready"}) {
      HttpResponse<String> answer = get(path);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"status\":\"up\"}");
      assertThat(answer.headers().firstValue("content-type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
    }
  }

  @Test
  void isAliveButNotReadyWhileAReadinessCheckHasAReason() throws Exception {
    // Given
    AtomicReference<Optional<String>> reason =
        new AtomicReference<>(Optional.of("Kafka Streams is REBALANCING"));
    health.ready("stream", reason::get);
    health.ready("database", Optional::empty);

    // When
    HttpResponse<String> ready = get("/health/ready");

    // Then
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(new ObjectMapper().readTree(ready.body()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"status\":\"down\",\"reasons\":{\"stream\":\"Kafka Streams is REBALANCING\"}}"));
    assertThat(get("/health/live").statusCode()).isEqualTo(200);

    // When the reason goes
    reason.set(Optional.empty());

    // Then
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotAliveIsNotReadyEither() throws Exception {
    health.live("threads", () -> Optional.of("all ended"));

    assertThat(get("/health/live").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").body()).contains("all ended");
  }

  @Test
  void checkThatFailsIsAReasonAndHidesNoOther() throws Exception {
    health.ready(
        "broken",
        () -> {
          throw new IllegalStateException("closed");
        });
    health.ready("stream", () -> Optional.of("not yet"));

    HttpResponse<String> ready = get("/health/ready");

    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("\"broken\"").contains("closed").contains("not yet");
  }

  @Test
  void metricsAreInThePrometheusTextFormat() throws Exception {
    metrics.counter("querytrail.admissions", "outcome", "admitted").increment(3);

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(answer.body().lines())
        .contains("querytrail_admissions_total{outcome=\"admitted\"} 3.0");
  }

  @Test
  void knowsNoOtherPath() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
  }

  @Test
  void takenPortIsAnError() {
    assertThatThrownBy(() ->
            AdminServer.start(new HttpConfig(null, server.port()), new HealthChecks(), metrics))
        .hasStackTraceContaining("in use");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
