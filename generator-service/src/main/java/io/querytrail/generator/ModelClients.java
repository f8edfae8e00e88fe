package io.querytrail.generator;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.generator.answer.CheckedModelClient;
import io.querytrail.generator.metrics.GenAiMetrics;
import io.querytrail.generator.metrics.MeteredModelClient;
import io.querytrail.generator.model.AllowedModelClient;
import io.querytrail.generator.model.DeadlineModelClient;
import io.querytrail.generator.model.InputCeiling;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ProviderModelClient;
import io.querytrail.generator.provider.ChatModelClient;
import io.querytrail.generator.provider.Endpoint;
import io.querytrail.generator.provider.Protocol;
import io.querytrail.generator.resilience.Resilience;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/** The clients of all providers, each put together from parts that add one concern. */
final class ModelClients implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final List<HttpClient> connections = new ArrayList<>();
  private final Map<String, ProviderConfig> providers;
  private final Resilience resilience;
  private final ModelClient client;

  ModelClients(
      Map<String, ProviderConfig> providers,
      MeterRegistry metrics,
      Clock clock,
      RandomGenerator random) {
    this.providers = Map.copyOf(providers);
    GenAiMetrics genAi = new GenAiMetrics(metrics);
    Map<String, ModelClient> clients = new HashMap<>();
    resilience = new Resilience(metrics, clock, random);
    providers.forEach((name, provider) -> {
      RequestHeaders headers = new RequestHeaders(provider, clock);
      ModelClient calls = client(name, provider, headers, genAi, clock);
      clients.put(name, resilience.around(calls, name, provider.resilience(), headers));
    });
    client = new ProviderModelClient(clients, clock);
  }

  /** What keeps calls from doing harm, for other servers too. */
  Resilience resilience() {
    return resilience;
  }

  ModelClient client() {
    return client;
  }

  /** A provider that is not configured counts as OpenAI: it will not be called. */
  InputCeiling ceilings() {
    return (model, maxInputTokens) -> {
      ProviderConfig provider = providers.get(model.provider());
      Protocol protocol = provider == null ? Protocol.OPENAI : provider.kind().protocol();
      return protocol.countedTokens(maxInputTokens);
    };
  }

  /**
   * Read from the inside out: the call itself, its deadline, the sends it may take, whether its
   * text is an answer, its count.
   */
  private ModelClient client(
      String name,
      ProviderConfig provider,
      RequestHeaders headers,
      GenAiMetrics metrics,
      Clock clock) {
    Endpoint endpoint =
        new Endpoint(
            name,
            URI.create(provider.baseUrl()),
            headers,
            provider.answerFormat(),
            provider.withoutTemperature());
    ModelClient calls =
        new ChatModelClient(provider.kind().protocol(), endpoint, http(provider), clock);
    ModelClient bounded = new DeadlineModelClient(calls, provider.timeout(), clock);
    ModelClient checked = new CheckedModelClient(new AllowedModelClient(bounded));
    return new MeteredModelClient(checked, metrics);
  }

  private HttpClient http(ProviderConfig provider) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    provider.proxyAddress().ifPresent(address -> builder.proxy(ProxySelector.of(address)));
    HttpClient http = builder.build();
    connections.add(http);
    return http;
  }

  /** Closing in order would wait for calls that nobody waits for any more. */
  @Override
  public void close() {
    connections.forEach(HttpClient::shutdownNow);
  }
}
