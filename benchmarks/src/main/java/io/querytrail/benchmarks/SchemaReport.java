package io.querytrail.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.demo.WideDatabase;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.PromptWriting;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.service.Secret;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * What a database of 2,000 tables takes: reading its catalogs, seeing that they did not change,
 * making it ready for prompts, ranking it by a question, writing a prompt. Usage: SchemaReport
 * DIRECTORY
 */
public final class SchemaReport {
  private static final int ROUNDS = 10;
  private static final int QUESTIONS = 500;
  private static final SortedSet<String> ERP = new TreeSet<>(List.of(WideDatabase.SCHEMA));

  private SchemaReport() {}

  public static void main(String[] args) throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]).resolve("postgres"))) {
      postgres.createDatabaseIfAbsent("wide");
      WideDatabase wide =
          WideDatabase.create(
              postgres.jdbcUrl("wide"),
              postgres.superuser(),
              postgres.password(),
              WideDatabase.MOST_TABLES);
      DatasourceConfig config =
          DatasourceConfig.of(wide.jdbcUrl(), wide.reader(), new Secret(wide.readerPassword()));
      try (Datasource datasource = Datasource.of("wide", config, new SimpleMeterRegistry())) {
        report(wide, new CatalogSchemaSource(Map.of("wide", datasource)));
      }
    }
  }

  private static void report(WideDatabase wide, CatalogSchemaSource source) {
    List<String> tables = wide.tables();
    System.out.printf(
        "%-52s%10s%10s%10s%n",
        "%,d tables: ms".formatted(tables.size()), "first", "median", "worst");
    print("reading the catalogs", times(ROUNDS, i -> read(source)));
    print("seeing whether they changed", times(ROUNDS, i -> source.stamp("wide", ERP)));
    List<DatabaseSchema> fresh = IntStream.range(0, ROUNDS).mapToObj(i -> read(source)).toList();
    print(
        "making ready for prompts: text, tokens, words",
        times(ROUNDS, i -> new PromptWriter(new O200kTokenCounter()).prepare(fresh.get(i))));
    DatabaseSchema schema = fresh.getFirst();
    PromptWriter prompts = new PromptWriter(new O200kTokenCounter());
    prompts.prepare(schema);
    print(
        "ranking by a question",
        times(QUESTIONS, i -> schema.ranking().rank(question(tables, i), Map.of())));
    print(
        "writing a prompt of 8,000 tokens",
        times(QUESTIONS, i -> write(prompts, schema, question(tables, i))));
  }

  private static DatabaseSchema read(CatalogSchemaSource source) {
    return source.read("wide", ERP) instanceof SchemaReading.Known known
        ? known.schema()
        : fail("the catalogs could not be read");
  }

  private static void write(PromptWriter prompts, DatabaseSchema schema, String question) {
    Question asked = new Question(question, null, null, null, Map.of());
    if (!(prompts.write(asked, schema, 1_000, 8_000) instanceof PromptWriting.Written)) {
      fail("the prompt does not fit");
    }
  }

  private static DatabaseSchema fail(String why) {
    throw new IllegalStateException(why);
  }

  private static String question(List<String> tables, int number) {
    String table = tables.get(number * 37 % tables.size());
    return "Which " + table.replace('_', ' ') + "s were approved last month, by currency?";
  }

  private static long[] times(int rounds, IntConsumer work) {
    long[] nanos = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      work.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static void print(String what, long[] nanos) {
    long first = nanos[0];
    Arrays.sort(nanos);
    System.out.printf(
        "%-52s%10.1f%10.1f%10.1f%n",
        what, first / 1e6, nanos[nanos.length / 2] / 1e6, nanos[nanos.length - 1] / 1e6);
  }
}
