package io.querytrail.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.demo.WideDatabase;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.PromptWriting;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import io.querytrail.generator.schema.RelevanceRanking;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.service.Secret;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A real database of 2,000 tables: all of it is known, and the right tables are shown. What that
 * takes, {@code make bench-schema} measures.
 */
@ExtendWith(Stack.Extension.class)
class WideDatabaseIT {
  private static final int TABLES = 2_000;
  private static final SortedSet<String> ERP = new TreeSet<>(List.of(WideDatabase.SCHEMA));

  private static WideDatabase wide;
  private static Datasource datasource;
  private static CatalogSchemaSource source;
  private static DatabaseSchema schema;

  @BeforeAll
  static void create(Stack stack) throws SQLException {
    wide = stack.createWideDatabase(TABLES);
    datasource =
        Datasource.of(
            "wide",
            DatasourceConfig.of(wide.jdbcUrl(), wide.reader(), new Secret(wide.readerPassword())),
            new SimpleMeterRegistry());
    source = new CatalogSchemaSource(Map.of("wide", datasource));
    SchemaReading reading = source.read("wide", ERP);
    assertThat(reading).isInstanceOf(SchemaReading.Known.class);
    schema = ((SchemaReading.Known) reading).schema();
  }

  @AfterAll
  static void disconnect() {
    datasource.close();
  }

  @Test
  void discoveryFindsAllOfIt() {
    assertThat(schema.relations())
        .extracting(relation -> relation.name().name())
        .containsExactlyInAnyOrderElementsOf(wide.tables());
    assertThat(schema.relations()).hasSize(TABLES).allSatisfy(WideDatabaseIT::isWhole);
  }

  private static void isWhole(Relation relation) {
    boolean isHead = relation.name().name().endsWith("_head");
    assertThat(relation.columns()).hasSize(isHead ? 12 : 14);
    assertThat(relation.primaryKey()).containsExactly("id");
    assertThat(relation.uniques()).containsExactly(List.of("code"));
    assertThat(relation.checks()).hasSize(2);
    assertThat(relation.indexes()).containsExactly("(created_at)");
    assertThat(relation.foreignKeys()).hasSize(isHead ? 0 : 2);
    assertThat(relation.comment()).startsWith("Every ");
    assertThat(relation.columns())
        .filteredOn(column -> column.name().equals("progress"))
        .extracting(Column::enumLabels)
        .containsExactly(List.of("draft", "submitted", "approved", "closed"));
  }

  @Test
  void eachTableIsTheBestForAQuestionAboutIt() {
    for (int i = 0; i < TABLES; i += 37) {
      String table = wide.tables().get(i);
      assertThat(rank(question(table)).getFirst().relation().name().name()).isEqualTo(table);
    }
  }

  @Test
  void aPromptHoldsTheTableWholeWithWhatItPointsAtAndStaysBelowItsCeiling() {
    PromptWriter prompts = new PromptWriter(new O200kTokenCounter());
    for (int i = 1; i < TABLES; i += 211) {
      String table = wide.tables().get(i);
      PromptWriting writing =
          prompts.write(
              new Question(question(table), null, null, null, Map.of()), schema, 1_000, 4_000);
      assertThat(writing).isInstanceOf(PromptWriting.Written.class);
      var prompt = ((PromptWriting.Written) writing).prompt();
      assertThat(prompt.tokens()).isLessThanOrEqualTo(4_000);
      assertThat(prompt.shown()).hasSizeBetween(5, 30);
      Relation whole = relation(table);
      assertThat(prompt.shown()).contains(whole);
      assertThat(prompt.shown())
          .extracting(Relation::name)
          .containsAll(whole.foreignKeys().stream().map(ForeignKey::target).toList());
    }
  }

  private static List<RelevanceRanking.Ranked> rank(String question) {
    return schema.ranking().rank(question, Map.of());
  }

  private static String question(String table) {
    return "Which " + table.replace('_', ' ') + "s were approved last month, by currency?";
  }

  private static Relation relation(String name) {
    RelationName wanted = new RelationName(WideDatabase.SCHEMA, name);
    return schema.relations().stream()
        .filter(relation -> relation.name().equals(wanted))
        .findFirst()
        .orElseThrow();
  }
}
