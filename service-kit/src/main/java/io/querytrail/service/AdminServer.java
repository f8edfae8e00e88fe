package io.querytrail.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.avaje.jex.Jex;
import io.avaje.jex.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /health/live}, {@code /health/ready} and {@code /metrics}, and what else a service
 * lets itself be told, on virtual threads.
 */
public final class AdminServer implements AutoCloseable {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Jex.Server server;

  /**
   * What a service can be told to do by {@code POST}. It changes nothing that anybody loses by: who
   * may reach the port may tell it.
   */
  @FunctionalInterface
  public interface Order {
    /**
     * Does it and says what came of it, as something that JSON can hold.
     *
     * @param parameters gives a parameter of the query by its name; null where there is none
     * @throws IllegalArgumentException if it was told wrongly; the message is for people
     */
    Object carryOut(Function<String, @Nullable String> parameters);
  }

  private AdminServer(Jex.Server server) {
    this.server = server;
  }

  /** Starts to answer. */
  public static AdminServer start(
      HttpConfig config, HealthChecks health, PrometheusMeterRegistry metrics) {
    return start(config, health, metrics, Map.of());
  }

  /**
   * Starts to answer.
   *
   * @param orders by their paths
   */
  public static AdminServer start(
      HttpConfig config,
      HealthChecks health,
      PrometheusMeterRegistry metrics,
      Map<String, Order> orders) {
    Jex jex =
        Jex.create()
            .get("/health/live", context -> answer(context, health.reasonsAgainstLive()))
            .get("/health/ready", context -> answer(context, health.reasonsAgainstReady()))
            .get(
                "/metrics",
                context -> context.contentType(PROMETHEUS_TEXT).write(metrics.scrape()));
    orders.forEach((path, order) -> jex.post(path, context -> carryOut(context, order)));
    jex.config().host(config.host()).port(config.port());
    return new AdminServer(jex.start());
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  private static void carryOut(Context context, Order order) throws JsonProcessingException {
    Object result;
    try {
      result = order.carryOut(context::queryParam);
    } catch (IllegalArgumentException e) {
      context.status(400);
      result = Map.of("error", String.valueOf(e.getMessage()));
    }
    context.contentType("application/json").write(JSON.writeValueAsString(result));
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
