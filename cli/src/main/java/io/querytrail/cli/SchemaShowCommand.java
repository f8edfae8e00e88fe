package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.PromptWriting;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelevanceRanking;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.VisibleSchemas;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a generator would read of a database and tell a model of it. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Show the relations of a datasource as models are told of them.",
      "With --question they come in the order of their relevance to it, with those marked that fit below the"
          + " ceiling of input tokens."
    })
final class SchemaShowCommand implements Callable<Integer> {
  private static final int ROW_CAP = 1_000;
  private static final int COMMENT_WIDTH = 40;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(paramLabel = "DATASOURCE", description = "A datasource of the connection file.")
  String name = "";

  @Option(names = "--question", paramLabel = "TEXT", description = "Rank by this question.")
  @Nullable String question;

  @Option(
      names = "--schemas",
      paramLabel = "S",
      split = ",",
      description = "Look into these alone; by default all that the role may read.")
  List<String> schemas = new ArrayList<>();

  @Option(
      names = "--max-input-tokens",
      paramLabel = "N",
      defaultValue = "8000",
      description = "Ceiling of a prompt, as policies have it (default: ${DEFAULT-VALUE}).")
  int maxInputTokens;

  @Option(names = "--json", description = "One JSON object.")
  boolean json;

  /**
   * A relation with its place.
   *
   * @param score null without a question
   * @param shown whether a model is told of it
   */
  private record Line(Relation relation, @Nullable Double score, boolean shown) {}

  @Override
  public Integer call() throws SQLException {
    DatabaseConfig database = connection.read().datasource(name);
    Secret password = Objects.requireNonNullElseGet(database.password(), () -> new Secret(""));
    DatasourceConfig config = DatasourceConfig.of(database.jdbcUrl(), database.user(), password);
    try (Datasource datasource = Datasource.of(name, config, new SimpleMeterRegistry())) {
      CatalogSchemaSource source = new CatalogSchemaSource(Map.of(name, datasource));
      SortedSet<String> wanted =
          schemas.isEmpty() ? source.schemas(name) : VisibleSchemas.of(schemas);
      DatabaseSchema schema =
          switch (source.read(name, wanted)) {
            case SchemaReading.Known known -> known.schema();
            case SchemaReading.Unavailable away ->
                throw new CommandException(ExitCodes.FAILED, name + ": " + away.reason());
            case SchemaReading.UnknownDatasource unknown ->
                throw new IllegalStateException("it was configured just now");
          };
      print(wanted, schema, lines(schema));
      return ExitCodes.OK;
    }
  }

  private List<Line> lines(DatabaseSchema schema) {
    if (question == null) {
      return schema.relations().stream().map(one -> new Line(one, null, true)).toList();
    }
    Question asked = new Question(question, null, null, null, Map.of());
    PromptWriting writing =
        new PromptWriter(new O200kTokenCounter()).write(asked, schema, ROW_CAP, maxInputTokens);
    Set<Relation> shown =
        writing instanceof PromptWriting.Written written
            ? new HashSet<>(written.prompt().shown())
            : Set.of();
    List<Line> lines = new ArrayList<>();
    for (RelevanceRanking.Ranked ranked : schema.ranking().rank(question, Map.of())) {
      lines.add(new Line(ranked.relation(), ranked.score(), shown.contains(ranked.relation())));
    }
    return lines;
  }

  private void print(Collection<String> wanted, DatabaseSchema schema, List<Line> lines) {
    if (json) {
      ObjectNode node = Json.object();
      node.put("datasource", name);
      ArrayNode names = node.putArray("schemas");
      wanted.forEach(names::add);
      node.put("fingerprint", schema.fingerprint());
      ArrayNode relations = node.putArray("relations");
      lines.forEach(line -> relations.add(object(line)));
      System.out.println(Json.line(node));
      return;
    }
    System.out.println(table(lines));
    System.out.printf(
        "%d relations in %s, fingerprint %.12s%s%n",
        lines.size(),
        String.join(", ", wanted),
        schema.fingerprint(),
        question == null
            ? ""
            : "; a prompt of %d tokens shows %d of them"
                .formatted(maxInputTokens, lines.stream().filter(Line::shown).count()));
  }

  private String table(List<Line> lines) {
    List<String> headers =
        new ArrayList<>(List.of("relation", "kind", "rows", "columns", "refers to", "comment"));
    if (question != null) {
      headers.add(0, "score");
      headers.add(1, "shown");
    }
    List<List<Object>> rows = new ArrayList<>();
    for (Line line : lines) {
      Relation relation = line.relation();
      List<Object> row = new ArrayList<>();
      if (line.score() != null) {
        row.add("%.2f".formatted(line.score()));
        row.add(line.shown() ? "yes" : "no");
      }
      row.add(relation.name().toString());
      row.add(relation.kind().words());
      row.add(Tables.orDash(relation.rowEstimate()));
      row.add(relation.columns().size());
      row.add(Tables.cut(String.join(", ", targets(relation)), COMMENT_WIDTH));
      row.add(Tables.cut(Tables.orDash(relation.comment()), COMMENT_WIDTH));
      rows.add(row);
    }
    return Tables.of(headers, rows);
  }

  private static List<String> targets(Relation relation) {
    return relation.foreignKeys().stream().map(key -> key.target().name()).distinct().toList();
  }

  private static ObjectNode object(Line line) {
    Relation relation = line.relation();
    ObjectNode node = Json.object();
    node.put("relation", relation.name().toString());
    node.put("kind", relation.kind().words());
    if (line.score() != null) {
      node.put("score", line.score());
    }
    node.put("shown", line.shown());
    node.put("rows", relation.rowEstimate());
    node.put("comment", relation.comment());
    ArrayNode columns = node.putArray("columns");
    for (Column column : relation.columns()) {
      columns.add(Json.MAPPER.<ObjectNode>valueToTree(column));
    }
    node.set("primaryKey", Json.MAPPER.valueToTree(relation.primaryKey()));
    node.set("unique", Json.MAPPER.valueToTree(relation.uniques()));
    node.set("foreignKeys", Json.MAPPER.valueToTree(relation.foreignKeys()));
    node.set("checks", Json.MAPPER.valueToTree(relation.checks()));
    node.set("indexes", Json.MAPPER.valueToTree(relation.indexes()));
    return node;
  }
}
