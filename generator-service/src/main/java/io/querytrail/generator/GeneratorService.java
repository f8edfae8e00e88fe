package io.querytrail.generator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.generation.SqlGenerator;
import io.querytrail.generator.kafka.GenerationPipeline;
import io.querytrail.generator.kafka.PipelineSettings;
import io.querytrail.generator.metrics.GenAiMetrics;
import io.querytrail.generator.metrics.MeteredGenerator;
import io.querytrail.generator.metrics.MeteredModelClient;
import io.querytrail.generator.model.AllowedModelClient;
import io.querytrail.generator.model.DeadlineModelClient;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ProviderModelClient;
import io.querytrail.generator.openai.O200kTokenCounter;
import io.querytrail.generator.openai.OpenAiEndpoint;
import io.querytrail.generator.openai.OpenAiModelClient;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.schema.CachingSchemaSource;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.service.AdminServer;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The generator service, put together: admissions in, model calls, generations out. */
public final class GeneratorService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(GeneratorService.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final HealthChecks health = new HealthChecks();
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final GenerationPipeline pipeline;
  private final AdminServer admin;

  /** Starts to work; whatever it reaches for over a network may come up later. */
  public static GeneratorService start(GeneratorConfig config) {
    return new GeneratorService(config);
  }

  private GeneratorService(GeneratorConfig config) {
    try {
      PrometheusMeterRegistry metrics = metrics();
      Clock clock = Clock.systemUTC();
      health.ready("consumer", () -> Optional.of("starting"));
      admin = opened(AdminServer.start(config.http(), health, metrics));
      Generator generator =
          new MeteredGenerator(
              new SqlGenerator(
                  schemas(config, metrics, clock),
                  new PromptWriter(new O200kTokenCounter()),
                  models(config, metrics, clock),
                  () -> UUID.randomUUID().toString(),
                  clock,
                  bug -> LOG.atError().setCause(bug).log("generator failed")),
              config.providers().keySet(),
              metrics);
      pipeline =
          opened(
              GenerationPipeline.start(
                  new PipelineSettings(
                      config.kafka().clientSettings(),
                      config.groupId(),
                      config.maxInFlight(),
                      config.drainTimeout()),
                  generator,
                  metrics,
                  clock,
                  new SecureRandom()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    health.ready("consumer", pipeline::consumerProblem);
    health.ready("producer", pipeline::producerProblem);
    health.live(
        "pipeline",
        () ->
            pipeline.failure().isCompletedExceptionally()
                ? Optional.of("admissions are not read any more")
                : Optional.empty());
  }

  private PrometheusMeterRegistry metrics() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    closing.push(registry::close);
    opened(new JvmGcMetrics()).bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    return registry;
  }

  private SchemaSource schemas(GeneratorConfig config, MeterRegistry metrics, Clock clock) {
    Map<String, Datasource> datasources = new HashMap<>();
    config
        .datasources()
        .forEach((name, settings) ->
            datasources.put(name, opened(Datasource.of(name, settings, metrics))));
    return new CachingSchemaSource(
        new CatalogSchemaSource(datasources), config.schemaCacheTtl(), clock);
  }

  /** Read from the inside out: the call itself, its deadline, the sends it may take, its count. */
  private ModelClient models(GeneratorConfig config, MeterRegistry metrics, Clock clock) {
    HttpClient http = http();
    // Closing in order would wait for calls that nobody waits for any more.
    closing.push(http::shutdownNow);
    GenAiMetrics genAi = new GenAiMetrics(metrics);
    Map<String, ModelClient> providers = new HashMap<>();
    config
        .providers()
        .forEach((name, provider) -> {
          OpenAiEndpoint endpoint =
              new OpenAiEndpoint(name, URI.create(provider.baseUrl()), provider::requestHeaders);
          ModelClient calls =
              switch (provider.kind()) {
                case OPENAI -> new OpenAiModelClient(endpoint, http, clock);
              };
          ModelClient bounded = new DeadlineModelClient(calls, provider.timeout(), clock);
          providers.put(name, new MeteredModelClient(new AllowedModelClient(bounded), genAi));
        });
    return new ProviderModelClient(providers, clock);
  }

  private static HttpClient http() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_TIMEOUT)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build();
  }

  @Override
  public String name() {
    return "generator-service";
  }

  @Override
  public int httpPort() {
    return admin.port();
  }

  @Override
  public CompletableFuture<Void> failure() {
    return pipeline.failure();
  }

  @Override
  public HealthChecks health() {
    return health;
  }

  /** Stops in the reverse order of the start: admissions first, health and metrics last. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closing.forEach(Runnable::run);
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    closing.push(() -> {
      try {
        part.close();
      } catch (Exception e) {
        // The other parts are to be closed all the same.
        LOG.atWarn().addKeyValue("error", e.toString()).log("a part did not close in order");
      }
    });
    return part;
  }
}
