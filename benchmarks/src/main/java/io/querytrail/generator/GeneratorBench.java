package io.querytrail.generator;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.check.PlanSource;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.DatabasePlanSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.generation.Parts;
import io.querytrail.generator.generation.SqlGenerator;
import io.querytrail.generator.metrics.MeteredGenerator;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.safety.PooledSqlGuard;
import io.querytrail.generator.schema.CachingSchemaSource;
import io.querytrail.service.Secret;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/** The parts of the generator service over one provider and one database, put together as there. */
public final class GeneratorBench implements AutoCloseable {
  /** What the provider and the datasource are called. */
  public static final String PROVIDER = "bench";

  public static final String DATASOURCE = "shop";

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final List<AnswerCache> caches = new ArrayList<>();
  private final Clock clock = Clock.systemUTC();
  private final Datasource database;
  private final ModelClients models;
  private final CachingSchemaSource schemas;
  private final PromptWriter prompts = new PromptWriter(new O200kTokenCounter());

  public GeneratorBench(String modelUrl, DatasourceConfig shop) {
    Map<String, ProviderConfig> providers =
        Map.of(
            PROVIDER,
            ProviderConfig.of(ProviderConfig.Kind.OPENAI, modelUrl, new Secret("bench-key")));
    models = new ModelClients(providers, metrics, clock, new SplittableRandom(7));
    database = Datasource.of(DATASOURCE, shop, metrics);
    CatalogSchemaSource catalogs = new CatalogSchemaSource(Map.of(DATASOURCE, database));
    schemas =
        new CachingSchemaSource(
            catalogs,
            catalogs,
            new CachingSchemaSource.Times(Duration.ofMinutes(5), Duration.ofSeconds(10)),
            clock);
  }

  /** One model's calls alone, with all that keeps one provider's trouble from the others. */
  public FallbackChain chain() {
    return new FallbackChain(models.client(), clock);
  }

  /** Whole generations whose statements no database plans. */
  public Generator withoutPlans() {
    return over(models.client());
  }

  /** Whole generations, as the service makes them. */
  public Generator whole() {
    return generator(models.client(), plans(), AnswerCache.none(clock));
  }

  /** Whole generations over a model that needs no network; no database plans. */
  public Generator over(ModelClient model) {
    return generator(
        model,
        (datasource, statement, timeout) -> new Planning.Planned(1, 1),
        AnswerCache.none(clock));
  }

  /** Whole generations, as the service makes them, whose answers are kept. */
  public Generator keeping(AnswerCacheConfig cache) {
    AnswerCache answers = AnswerCaches.open(cache, Map.of(), metrics, models.resilience(), clock);
    caches.add(answers);
    return generator(models.client(), plans(), answers);
  }

  private PlanSource plans() {
    return new DatabasePlanSource(Map.of(DATASOURCE, database));
  }

  private Generator generator(ModelClient model, PlanSource plans, AnswerCache answers) {
    return new MeteredGenerator(
        new SqlGenerator(
            new Parts(
                schemas,
                prompts,
                answers,
                new FallbackChain(model, clock),
                models.ceilings(),
                new PooledSqlGuard(Math.max(2, Runtime.getRuntime().availableProcessors())),
                plans,
                () -> UUID.randomUUID().toString(),
                clock,
                bug -> {
                  throw bug;
                })),
        Set.of(PROVIDER),
        new SimpleMeterRegistry());
  }

  @Override
  public void close() {
    caches.forEach(AnswerCache::close);
    models.close();
    database.close();
  }
}
