package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.safety.RowSource.Column;
import io.querytrail.safety.RowSource.ColumnName;
import io.querytrail.safety.RowSource.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks FROM clauses: which rows there are, under which names, and which names see each other. */
final class FromWalker {
  private final Judgement judgement;
  private final ExpressionWalker expressions;
  private final QueryWalker queries;
  private final FunctionRows functionRows;

  FromWalker(Judgement judgement, ExpressionWalker expressions, QueryWalker queries) {
    this.judgement = judgement;
    this.expressions = expressions;
    this.queries = queries;
    this.functionRows = new FunctionRows(judgement, expressions);
  }

  /** The entries of a clause, left to right: each sees those before it only if it is LATERAL. */
  List<RowSource> clause(JsonNode items, Scope scope, JoinGraph graph) {
    var sources = new ArrayList<RowSource>();
    for (JsonNode item : items) {
      sources.addAll(entry(item, sources, scope, graph));
    }
    return sources;
  }

  private List<RowSource> entry(
      JsonNode wrapped, List<RowSource> before, Scope scope, JoinGraph graph) {
    String type = Nodes.type(wrapped);
    JsonNode node = wrapped.path(type);
    return switch (type) {
      case "RangeVar" -> List.of(relation(node, scope, graph));
      case "RangeSubselect" -> List.of(subselect(node, before, scope, graph));
      case "RangeFunction" -> List.of(function(node, before, scope, graph));
      case "JsonTable" -> List.of(jsonTable(node, before, scope, graph));
      case "RangeTableSample" -> {
        sample(node, before, scope);
        yield entry(node.path("relation"), before, scope, graph);
      }
      case "JoinExpr" -> join(node, before, scope, graph);
      default -> {
        judgement.report(
            SafetyRule.SYNTAX_NOT_ALLOWED, "%s in FROM is not allowed".formatted(type), node);
        yield List.of(unknown(node));
      }
    };
  }

  private static RowSource unknown(JsonNode node) {
    return aliased(node, RowSource.of(Nodes.text(node, "relname"), List.of(), Kind.UNKNOWN));
  }

  private static RowSource aliased(JsonNode node, RowSource source) {
    JsonNode alias = node.path("alias");
    return alias.isMissingNode()
        ? source
        : source.aliased(Nodes.text(alias, "aliasname"), Nodes.names(alias.path("colnames")));
  }

  // ---- relations and common tables

  private RowSource relation(JsonNode node, Scope scope, JoinGraph graph) {
    judgement.checkFields("RangeVar", node, NodeShapes.RELATION);
    String name = Nodes.text(node, "relname");
    String schema = judgement.writtenSchema(node);
    if (schema == null) {
      CommonTable table = scope.commonTable(name);
      if (table != null) {
        return commonTable(node, table, graph);
      }
    }
    Optional<RelationSchema> found = find(schema, name);
    if (found.isEmpty()) {
      String shown = schema == null ? name : schema + "." + name;
      judgement.report(
          SafetyRule.RELATION_NOT_ALLOWED, "Relation %s is not allowed".formatted(shown), node);
      return unknown(node);
    }
    RelationSchema relation = found.get();
    judgement.readRelation(relation);
    if (schema == null) {
      judgement.qualify(node, relation.schema());
    }
    Set<JoinGraph.Leaf> leaves = Set.of(graph.add(true));
    var columns = new ArrayList<Column>(relation.columns().size());
    for (RelationSchema.Column column : relation.columns()) {
      columns.add(
          new Column(column.name(), Set.of(new ColumnName(relation, column.name())), leaves));
    }
    return aliased(node, new RowSource(name, relation.schema(), columns, Kind.ROW, true, true));
  }

  private RowSource commonTable(JsonNode node, CommonTable table, JoinGraph graph) {
    if (!table.known()) {
      judgement.report(
          SafetyRule.SYNTAX_NOT_ALLOWED,
          "The columns of \"%s\" are not known here".formatted(table.name()),
          node);
    }
    List<Column> columns = columns(table.columns(), graph.add(table.manyRows()));
    Kind kind = table.known() ? Kind.ROW : Kind.UNKNOWN;
    return aliased(node, RowSource.of(table.name(), columns, kind));
  }

  private Optional<RelationSchema> find(@Nullable String written, String name) {
    List<String> schemas = written == null ? judgement.policy().schemas() : List.of(written);
    for (String schema : schemas) {
      Optional<RelationSchema> found = judgement.schema().find(schema, name);
      if (found.isPresent()) {
        return found.filter(judgement.policy()::permits);
      }
    }
    return Optional.empty();
  }

  private static List<Column> columns(List<String> columnNames, JoinGraph.Leaf leaf) {
    return columnNames.stream().map(name -> new Column(name, Set.of(), Set.of(leaf))).toList();
  }

  // ---- queries and functions

  private RowSource subselect(JsonNode node, List<RowSource> before, Scope scope, JoinGraph graph) {
    judgement.checkFields("RangeSubselect", node, NodeShapes.SUBSELECT);
    boolean lateral = node.path("lateral").asBoolean();
    Scope around = scope.seeing(lateral ? before : List.of());
    JsonNode query = node.path("subquery");
    var leaf = graph.add(RowCounts.canBeMany(query.path("SelectStmt")));
    var result = new ArrayList<String>();
    Set<JoinGraph.Leaf> used =
        judgement.referencesOf(() -> result.addAll(queries.subquery(query, around)));
    tie(leaf, used);
    return aliased(node, RowSource.of("", columns(result, leaf), Kind.ROW));
  }

  /** A function is always LATERAL. */
  private RowSource function(JsonNode node, List<RowSource> before, Scope scope, JoinGraph graph) {
    judgement.checkFields("RangeFunction", node, NodeShapes.FUNCTION_IN_FROM);
    var leaf = graph.add(true);
    var rows = new ArrayList<FunctionRows.Shape>();
    Set<JoinGraph.Leaf> used =
        judgement.referencesOf(() -> rows.add(functionRows.shapeOf(node, scope.seeing(before))));
    tie(leaf, used);
    FunctionRows.Shape shape = rows.getFirst();
    return aliased(node, RowSource.of(shape.name(), columns(shape.columns(), leaf), shape.kind()));
  }

  /** JSON_TABLE is always LATERAL too; the columns of nested paths follow where they are nested. */
  private RowSource jsonTable(JsonNode node, List<RowSource> before, Scope scope, JoinGraph graph) {
    var leaf = graph.add(true);
    tie(
        leaf,
        judgement.referencesOf(() -> expressions.fields("JsonTable", node, scope.seeing(before))));
    var names = new ArrayList<String>();
    addColumnNames(node.path("columns"), names);
    return aliased(node, RowSource.of("json_table", columns(names, leaf), Kind.ROW));
  }

  private static void addColumnNames(JsonNode columns, List<String> names) {
    for (JsonNode wrapped : columns) {
      JsonNode column = wrapped.path("JsonTableColumn");
      if (column.has("columns")) {
        addColumnNames(column.path("columns"), names);
      } else {
        names.add(Nodes.text(column, "name"));
      }
    }
  }

  private static void tie(JoinGraph.Leaf leaf, Set<JoinGraph.Leaf> used) {
    var tied = new HashSet<>(used);
    tied.add(leaf);
    JoinGraph.tie(tied);
  }

  private void sample(JsonNode node, List<RowSource> before, Scope scope) {
    judgement.checkFields("RangeTableSample", node, NodeShapes.SAMPLE);
    List<String> method = Nodes.names(node.path("method"));
    if (!method.equals(List.of("bernoulli")) && !method.equals(List.of("system"))) {
      judgement.report(
          SafetyRule.FUNCTION_NOT_ALLOWED,
          "Sampling method %s is not allowed".formatted(String.join(".", method)),
          node);
    }
    Scope visible = scope.seeing(before);
    expressions.walkAll(node.path("args"), visible);
    if (node.has("repeatable")) {
      expressions.walk(node.get("repeatable"), visible);
    }
  }

  // ---- joins

  private List<RowSource> join(
      JsonNode node, List<RowSource> before, Scope scope, JoinGraph graph) {
    judgement.checkFields("JoinExpr", node, NodeShapes.JOIN);
    List<RowSource> left = entry(node.path("larg"), before, scope, graph);
    var beforeRight = new ArrayList<>(before);
    beforeRight.addAll(left);
    List<RowSource> right = entry(node.path("rarg"), beforeRight, scope, graph);
    var both = new ArrayList<>(left);
    both.addAll(right);
    if (node.has("quals")) {
      // ON sees the two sides, and queries around, but not the entries before the join.
      queries.condition(node.get("quals"), scope.seeing(both));
    }
    List<Column> merged = mergedColumns(node, left, right);
    List<Column> all = new ArrayList<>(merged);
    for (RowSource source : both) {
      for (Column column : source.bare() ? source.columns() : List.<Column>of()) {
        if (merged.stream().noneMatch(m -> m.name().equals(column.name()))) {
          all.add(column);
        }
      }
    }
    Kind kind =
        RowSource.anyBare(both, source -> source.kind() == Kind.UNKNOWN) ? Kind.UNKNOWN : Kind.ROW;
    RowSource joined = RowSource.of("", all, kind);
    if (node.has("alias")) {
      return List.of(aliased(node, joined));
    }
    var visible = new ArrayList<RowSource>();
    both.forEach(source -> visible.add(source.withoutBareColumns()));
    visible.add(joined);
    usingAlias(node, merged).ifPresent(visible::add);
    return visible;
  }

  /** {@code USING (...) AS name}: a row of the merged columns alone. */
  private static Optional<RowSource> usingAlias(JsonNode node, List<Column> merged) {
    JsonNode alias = node.path("join_using_alias");
    if (alias.isMissingNode()) {
      return Optional.empty();
    }
    var source = RowSource.of(Nodes.text(alias, "aliasname"), merged, Kind.ROW);
    return Optional.of(source.withoutBareColumns());
  }

  /** The columns that USING or NATURAL makes one of two; they are compared, and so read. */
  private List<Column> mergedColumns(JsonNode node, List<RowSource> left, List<RowSource> right) {
    List<String> shared =
        node.path("isNatural").asBoolean()
            ? sharedNames(left, right)
            : Nodes.names(node.path("usingClause"));
    var merged = new ArrayList<Column>();
    for (String name : shared) {
      Column fromLeft = bareColumn(name, left, node);
      Column fromRight = bareColumn(name, right, node);
      if (fromLeft != null && fromRight != null) {
        var origins = new HashSet<>(fromLeft.origins());
        origins.addAll(fromRight.origins());
        var leaves = new HashSet<>(fromLeft.leaves());
        leaves.addAll(fromRight.leaves());
        JoinGraph.tie(leaves);
        var column = new Column(name, origins, leaves);
        judgement.readColumn(column, node);
        merged.add(column);
      }
    }
    return merged;
  }

  private static List<String> sharedNames(List<RowSource> left, List<RowSource> right) {
    return left.stream()
        .filter(RowSource::bare)
        .flatMap(source -> source.columns().stream())
        .map(Column::name)
        .distinct()
        .filter(name -> RowSource.anyBare(right, source -> !source.columns(name).isEmpty()))
        .toList();
  }

  private @Nullable Column bareColumn(String name, List<RowSource> sources, JsonNode join) {
    for (RowSource source : sources) {
      if (source.bare() && !source.columns(name).isEmpty()) {
        return source.columns(name).getFirst();
      }
    }
    if (!RowSource.anyBare(sources, source -> source.kind() == Kind.UNKNOWN)) {
      judgement.report(
          SafetyRule.COLUMN_UNKNOWN,
          "USING column \"%s\" does not exist on both sides".formatted(name),
          join);
    }
    return null;
  }
}
