package io.querytrail.generator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.DatabasePlanSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.generation.Parts;
import io.querytrail.generator.generation.SqlGenerator;
import io.querytrail.generator.kafka.GenerationPipeline;
import io.querytrail.generator.kafka.PipelineSettings;
import io.querytrail.generator.metrics.MeteredGenerator;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.safety.PooledSqlGuard;
import io.querytrail.generator.schema.CachingSchemaSource;
import io.querytrail.service.AdminServer;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.Service;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The generator service, put together: admissions in, model calls, generations out. */
public final class GeneratorService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(GeneratorService.class);

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
      Map<String, Datasource> datasources = datasources(config, metrics);
      CatalogSchemaSource catalogs = new CatalogSchemaSource(datasources);
      CachingSchemaSource schemas =
          new CachingSchemaSource(
              catalogs,
              catalogs,
              new CachingSchemaSource.Times(config.schemaCacheTtl(), config.schemaCheckInterval()),
              clock);
      PromptWriter prompts = new PromptWriter(new O200kTokenCounter());
      SecureRandom random = new SecureRandom();
      ModelClients models = opened(new ModelClients(config.providers(), metrics, clock, random));
      AnswerCache answers =
          opened(
              AnswerCaches.open(
                  config.answerCache(), config.datasources(), metrics, models.resilience(), clock));
      admin =
          opened(
              AdminServer.start(
                  config.http(),
                  health,
                  metrics,
                  Map.of(
                      SchemaRefresh.PATH,
                      new SchemaRefresh(schemas, datasources.keySet()),
                      CacheClear.PATH,
                      new CacheClear(answers, datasources.keySet()))));
      SchemaWarmUp.start(config.datasources(), schemas, prompts);
      Generator generator =
          new MeteredGenerator(
              new SqlGenerator(
                  new Parts(
                      schemas,
                      prompts,
                      answers,
                      new FallbackChain(models.client(), clock),
                      models.ceilings(),
                      new PooledSqlGuard(Math.max(2, Runtime.getRuntime().availableProcessors())),
                      new DatabasePlanSource(datasources),
                      () -> UUID.randomUUID().toString(),
                      clock,
                      bug -> LOG.atError().setCause(bug).log("generator failed"))),
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
                  random));
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

  private Map<String, Datasource> datasources(GeneratorConfig config, MeterRegistry metrics) {
    Map<String, Datasource> datasources = new HashMap<>();
    config
        .datasources()
        .forEach((name, settings) ->
            datasources.put(name, opened(Datasource.of(name, settings, metrics))));
    return datasources;
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

  /** Stops in the reverse order of the start: admissions first, metrics last. */
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
