package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import io.querytrail.safety.RelationSchema.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the relations that a script of CREATE statements makes: tables, views and materialized
 * views, in order. Other statements are passed over. A view's columns get the type {@code unknown}.
 */
public final class SchemaScript {
  private static final String DEFAULT_SCHEMA = "public";

  private final List<RelationSchema> relations = new ArrayList<>();
  private final Set<String> schemas = new HashSet<>(Set.of(DEFAULT_SCHEMA));
  private List<String> searchPath = List.of(DEFAULT_SCHEMA);

  private SchemaScript() {}

  /**
   * @throws IllegalArgumentException if the script does not follow PostgreSQL's grammar
   */
  public static DatabaseSchema read(String script) {
    return switch (PgParser.create().parse(script)) {
      case ParseResult.Parsed(JsonNode tree) -> {
        var reader = new SchemaScript();
        tree.path("stmts").forEach(statement -> reader.read(statement.path("stmt")));
        yield new DatabaseSchema(reader.relations);
      }
      case ParseResult.SyntaxError(String message, int position) ->
          throw new IllegalArgumentException(message + " at character " + position);
      case ParseResult.Refused(String reason) -> throw new IllegalArgumentException(reason);
    };
  }

  private void read(JsonNode wrapped) {
    String type = Nodes.type(wrapped);
    JsonNode statement = wrapped.path(type);
    switch (type) {
      case "CreateSchemaStmt" -> schemas.add(Nodes.text(statement, "schemaname"));
      case "VariableSetStmt" -> setSearchPath(statement);
      case "CreateStmt" -> table(statement);
      case "ViewStmt" ->
          view(statement.path("view"), statement.path("query"), statement.path("aliases"));
      case "CreateTableAsStmt" -> {
        JsonNode into = statement.path("into");
        view(into.path("rel"), statement.path("query"), into.path("colNames"));
      }
      default -> {}
    }
  }

  private void setSearchPath(JsonNode statement) {
    if (Nodes.text(statement, "name").equals("search_path")) {
      var path = new ArrayList<String>();
      for (JsonNode argument : statement.path("args")) {
        String schema = argument.path("A_Const").path("sval").path("sval").asText();
        if (!schema.isEmpty() && !SafetyPolicy.isSystemSchema(schema)) {
          path.add(schema);
        }
      }
      searchPath = path.isEmpty() ? List.of(DEFAULT_SCHEMA) : path;
    }
  }

  private void table(JsonNode statement) {
    JsonNode name = statement.path("relation");
    String schema = schemaOf(name);
    var columns = new ArrayList<Column>();
    for (JsonNode element : statement.path("tableElts")) {
      JsonNode definition = element.path("ColumnDef");
      if (!definition.isMissingNode()) {
        columns.add(
            new Column(
                Nodes.text(definition, "colname"), typeName(definition.path("typeName"), schema)));
      }
    }
    relations.add(new RelationSchema(schema, Nodes.text(name, "relname"), columns));
  }

  private void view(JsonNode name, JsonNode query, JsonNode aliases) {
    var policy = SafetyPolicy.defaults(allSchemas());
    var text = new SqlText("");
    var judgement =
        new Judgement(policy, new DatabaseSchema(relations), text, new Findings(policy));
    List<String> columns;
    try {
      columns = new QueryWalker(judgement).statement(query.path("SelectStmt"));
    } catch (Findings.Enough e) {
      throw new IllegalArgumentException(
          "The columns of view %s cannot be told".formatted(Nodes.text(name, "relname")), e);
    }
    List<String> renamed = new ArrayList<>(Nodes.names(aliases));
    renamed.addAll(columns.subList(Math.min(renamed.size(), columns.size()), columns.size()));
    relations.add(
        new RelationSchema(
            schemaOf(name),
            Nodes.text(name, "relname"),
            renamed.stream().map(column -> new Column(column, "unknown")).toList()));
  }

  private List<String> allSchemas() {
    var all = new ArrayList<>(searchPath);
    schemas.stream().sorted().filter(schema -> !all.contains(schema)).forEach(all::add);
    return all;
  }

  private String schemaOf(JsonNode relation) {
    return relation.has("schemaname") ? Nodes.text(relation, "schemaname") : searchPath.getFirst();
  }

  private static String typeName(JsonNode type, String tableSchema) {
    List<String> parts = Nodes.names(type.path("names"));
    String name = parts.isEmpty() ? "" : parts.getLast();
    if (parts.size() == 2 && !parts.getFirst().equals("pg_catalog")) {
      name = parts.getFirst() + "." + name;
    } else if (parts.size() == 1 && !AllowedTypes.isBuiltIn(name)) {
      name = tableSchema + "." + name;
    }
    return name + "[]".repeat(type.path("arrayBounds").size());
  }
}
