package io.querytrail.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.avaje.jex.Jex;
import io.avaje.jex.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;

/** Answers {@code /health/live}, {@code /health/ready} and {@code /metrics} on virtual threads. */
public final class AdminServer implements AutoCloseable {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Jex.Server server;

  private AdminServer(Jex.Server server) {
    this.server = server;
  }

  /** Starts to answer. */
  public static AdminServer start(
      HttpConfig config, HealthChecks health, PrometheusMeterRegistry metrics) {
    Jex jex =
        Jex.create()
            .get("/health/live", context -> answer(context, health.reasonsAgainstLive()))
            .get("/health/ready", context -> answer(context, health.reasonsAgainstReady()))
            .get(
                "/metrics",
                context -> context.contentType(PROMETHEUS_TEXT).write(metrics.scrape()));
    jex.config().host(config.host()).port(config.port());
    return new AdminServer(jex.start());
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  private static void answer(Context context, Map<String, String> reasons)
      throws JsonProcessingException {
    String body =
        JSON.writeValueAsString(
            reasons.isEmpty()
                ? Map.of("status", "up")
                : Map.of("status", "down", "reasons", reasons));
    context.status(reasons.isEmpty() ? 200 : 503).contentType("application/json").write(body);
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
