package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import io.querytrail.safety.RelationSchema.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the relations that a script of psql makes, in order: tables, views, materialized views and
 * foreign tables, and what ALTER and DROP make of them. Other statements are passed over. A view's
 * columns get the type {@code unknown}.
 */
public final class SchemaScript {
  private static final String DEFAULT_SCHEMA = "public";
  private static final Set<String> RELATIONS =
      Set.of("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE");

  private final List<RelationSchema> relations = new ArrayList<>();
  private final Set<String> schemas = new HashSet<>(Set.of(DEFAULT_SCHEMA));
  private final Map<String, String> domains = new HashMap<>();
  private List<String> searchPath = List.of(DEFAULT_SCHEMA);

  private SchemaScript() {}

  /**
   * @throws IllegalArgumentException if the script does not follow PostgreSQL's grammar
   */
  public static DatabaseSchema read(String script) {
    PgParser parser = PgParser.create();
    var reader = new SchemaScript();
    // Statement by statement: a dump of a large database is longer than the parser takes at once.
    for (PsqlScript.Command command : PsqlScript.commands(script)) {
      switch (parser.parse(command.sql())) {
        case ParseResult.Parsed(JsonNode tree) ->
            tree.path("stmts").forEach(statement -> reader.read(statement.path("stmt")));
        case ParseResult.SyntaxError(String message, int position) -> {
          int before = script.codePointCount(0, command.start());
          throw new IllegalArgumentException(message + " at character " + (before + position));
        }
        case ParseResult.Refused(String reason) -> throw new IllegalArgumentException(reason);
      }
    }
    return new DatabaseSchema(reader.relations);
  }

  private void read(JsonNode wrapped) {
    String type = Nodes.type(wrapped);
    JsonNode statement = wrapped.path(type);
    switch (type) {
      case "CreateSchemaStmt" -> schemas.add(Nodes.text(statement, "schemaname"));
      case "VariableSetStmt" -> setSearchPath(statement);
      case "CreateDomainStmt" -> domain(statement);
      case "CreateStmt" -> table(statement);
      case "CreateForeignTableStmt" -> table(statement.path("base"));
      case "AlterTableStmt" -> alter(statement);
      case "RenameStmt" -> rename(statement);
      case "DropStmt" -> drop(statement);
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

  /** A cast to a domain would run its check: columns are of the type below it. */
  private void domain(JsonNode statement) {
    List<String> names = Nodes.names(statement.path("domainname"));
    String schema = names.size() > 1 ? names.getFirst() : searchPath.getFirst();
    domains.put(
        schema + "." + names.getLast(),
        typeName(statement.path("typeName"), searchPath.getFirst()));
  }

  private void table(JsonNode statement) {
    JsonNode name = statement.path("relation");
    String schema = schemaOf(name);
    var columns = new LinkedHashMap<String, Column>();
    for (JsonNode parent : statement.path("inhRelations")) {
      addAll(columnsOf(parent.path("RangeVar")), columns);
    }
    for (JsonNode element : statement.path("tableElts")) {
      if (element.has("ColumnDef")) {
        Column column = column(element.path("ColumnDef"), schema);
        columns.put(column.name(), column);
      } else if (element.has("TableLikeClause")) {
        addAll(columnsOf(element.path("TableLikeClause").path("relation")), columns);
      }
    }
    relations.add(
        new RelationSchema(schema, Nodes.text(name, "relname"), List.copyOf(columns.values())));
  }

  private static void addAll(List<Column> added, Map<String, Column> columns) {
    added.forEach(column -> columns.putIfAbsent(column.name(), column));
  }

  private Column column(JsonNode definition, String schema) {
    return new Column(
        Nodes.text(definition, "colname"), typeName(definition.path("typeName"), schema));
  }

  private List<Column> columnsOf(JsonNode name) {
    int index = indexOf(name);
    return index < 0 ? List.of() : relations.get(index).columns();
  }

  private int indexOf(JsonNode name) {
    for (int i = 0; i < relations.size(); i++) {
      RelationSchema relation = relations.get(i);
      if (relation.name().equals(Nodes.text(name, "relname"))
          && relation.schema().equals(schemaOf(name))) {
        return i;
      }
    }
    return -1;
  }

  private void alter(JsonNode statement) {
    int index = indexOf(statement.path("relation"));
    if (index < 0) {
      return;
    }
    RelationSchema relation = relations.get(index);
    var columns = new ArrayList<>(relation.columns());
    for (JsonNode wrapped : statement.path("cmds")) {
      JsonNode command = wrapped.path("AlterTableCmd");
      switch (Nodes.text(command, "subtype")) {
        case "AT_AddColumn" ->
            columns.add(column(command.path("def").path("ColumnDef"), relation.schema()));
        case "AT_DropColumn" ->
            columns.removeIf(column -> column.name().equals(Nodes.text(command, "name")));
        default -> {}
      }
    }
    relations.set(index, new RelationSchema(relation.schema(), relation.name(), columns));
  }

  private void rename(JsonNode statement) {
    int index = indexOf(statement.path("relation"));
    if (index < 0) {
      return;
    }
    RelationSchema relation = relations.get(index);
    String newName = Nodes.text(statement, "newname");
    boolean ofColumn = Nodes.text(statement, "renameType").equals("OBJECT_COLUMN");
    var columns = new ArrayList<>(relation.columns());
    if (ofColumn) {
      String oldName = Nodes.text(statement, "subname");
      columns.replaceAll(
          column -> column.name().equals(oldName) ? new Column(newName, column.type()) : column);
    }
    relations.set(
        index,
        new RelationSchema(relation.schema(), ofColumn ? relation.name() : newName, columns));
  }

  private void drop(JsonNode statement) {
    if (!RELATIONS.contains(Nodes.text(statement, "removeType"))) {
      return;
    }
    for (JsonNode object : statement.path("objects")) {
      List<String> names = Nodes.names(object.path("List").path("items"));
      if (!names.isEmpty()) {
        String schema = names.size() > 1 ? names.getFirst() : searchPath.getFirst();
        relations.removeIf(relation ->
            relation.schema().equals(schema) && relation.name().equals(names.getLast()));
      }
    }
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

  private String typeName(JsonNode type, String tableSchema) {
    List<String> parts = Nodes.names(type.path("names"));
    String name = parts.isEmpty() ? "" : parts.getLast();
    if (parts.size() == 2 && !parts.getFirst().equals("pg_catalog")) {
      name = parts.getFirst() + "." + name;
    } else if (parts.size() == 1 && !AllowedTypes.isBuiltIn(name)) {
      name = tableSchema + "." + name;
    }
    name = domains.getOrDefault(name, name);
    return name + "[]".repeat(type.path("arrayBounds").size());
  }
}
