package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Walks queries clause by clause, each with the names that PostgreSQL lets it see. Returns the
 * names of the columns of a query.
 */
final class QueryWalker {
  /** More groups of FROM entries without a condition between them are a cross join by mistake. */
  private static final int MAX_UNRELATED_GROUPS = 3;

  private final Judgement judgement;
  private final NameResolver names;
  private final ExpressionWalker expressions;
  private final FromWalker from;
  private final WithWalker with;
  private final RowLimits limits;
  private final OutputNames outputNames;
  private final Map<JsonNode, List<String>> columnsOfQueries = new IdentityHashMap<>();

  QueryWalker(Judgement judgement) {
    this.judgement = judgement;
    this.names = new NameResolver(judgement);
    this.expressions = new ExpressionWalker(judgement, names, this);
    this.from = new FromWalker(judgement, expressions, this);
    this.with = new WithWalker(judgement, expressions, this);
    this.limits = new RowLimits(judgement);
    this.outputNames = new OutputNames(query -> columnsOfQueries.getOrDefault(query, List.of()));
  }

  /** The whole statement: its LIMIT is the one that the row cap is about. */
  List<String> statement(JsonNode select) {
    limits.checkOutermost(select);
    requireColumns(select);
    return query(select, Scope.outermost());
  }

  private void requireColumns(JsonNode select) {
    if (isSetOperation(select)) {
      requireColumns(select.path("larg"));
      requireColumns(select.path("rarg"));
    } else if (!select.has("targetList") && !select.has("valuesLists")) {
      judgement.report(SafetyRule.STATEMENT_TYPE, "The statement selects no column");
    }
  }

  /** A query inside another, wrapped as a node. */
  List<String> subquery(JsonNode wrapped, Scope outer) {
    if (!Nodes.is(wrapped, "SelectStmt")) {
      judgement.report(
          SafetyRule.STATEMENT_TYPE, "%s is not a query".formatted(Nodes.type(wrapped)));
      return List.of();
    }
    JsonNode select = wrapped.path("SelectStmt");
    limits.checkInner(select);
    return query(select, outer);
  }

  private List<String> query(JsonNode select, Scope outer) {
    return query(select, outer, firstColumns -> {});
  }

  /**
   * A query of WITH.
   *
   * @param afterFirst told the columns of the first part of a set operation, before the second part
   *     is walked
   */
  List<String> recursive(JsonNode select, Scope outer, Consumer<List<String>> afterFirst) {
    limits.checkInner(select);
    return query(select, outer, afterFirst);
  }

  private List<String> query(JsonNode select, Scope outer, Consumer<List<String>> afterFirst) {
    judgement.checkFields("SelectStmt", select, NodeShapes.SELECT);
    if (select.has("intoClause")) {
      judgement.report(
          SafetyRule.SELECT_INTO,
          "SELECT INTO makes a table",
          select.path("intoClause").path("rel"));
    }
    if (select.has("lockingClause")) {
      judgement.report(SafetyRule.ROW_LOCK, "FOR UPDATE and FOR SHARE lock rows");
    }
    Scope scope = outer.inner();
    with.define(select.path("withClause"), scope);
    List<String> columns;
    if (isSetOperation(select)) {
      columns = setOperation(select, scope, afterFirst);
    } else if (select.has("valuesLists")) {
      columns = values(select, scope);
    } else {
      columns = plain(select, scope);
    }
    expressions.walk(select.path("limitCount"), scope);
    expressions.walk(select.path("limitOffset"), scope);
    columnsOfQueries.put(select, columns);
    return columns;
  }

  static boolean isSetOperation(JsonNode select) {
    return select.has("larg");
  }

  private List<String> setOperation(
      JsonNode select, Scope scope, Consumer<List<String>> afterFirst) {
    List<String> columns = arm(select.path("larg"), scope);
    afterFirst.accept(columns);
    arm(select.path("rarg"), scope);
    order(select.path("sortClause"), columns, scope);
    return columns;
  }

  private List<String> arm(JsonNode select, Scope scope) {
    limits.checkInner(select);
    return query(select, scope);
  }

  private List<String> values(JsonNode select, Scope scope) {
    int width = 0;
    for (JsonNode row : select.path("valuesLists")) {
      expressions.walk(row, scope);
      width = Math.max(width, row.path("List").path("items").size());
    }
    var columns = new ArrayList<String>();
    for (int i = 1; i <= width; i++) {
      columns.add("column" + i);
    }
    order(select.path("sortClause"), columns, scope);
    return columns;
  }

  private List<String> plain(JsonNode select, Scope outerScope) {
    var graph = new JoinGraph();
    Scope scope = outerScope.seeing(from.clause(select.path("fromClause"), outerScope, graph));
    if (select.has("whereClause")) {
      condition(select.get("whereClause"), scope);
    }
    if (graph.unrelatedGroups() > MAX_UNRELATED_GROUPS) {
      judgement.report(
          SafetyRule.CROSS_JOIN,
          graph.unrelatedGroups() + " groups of tables are joined without a condition",
          select.path("fromClause").path(0).path(Nodes.type(select.path("fromClause").path(0))));
    }
    expressions.costs().checkSeriesTogether(select.path("fromClause"));
    List<String> columns = targets(select.path("targetList"), scope);
    group(select.path("groupClause"), columns, scope);
    if (select.has("havingClause")) {
      expressions.walk(select.get("havingClause"), scope);
    }
    expressions.walkAll(select.path("windowClause"), scope);
    for (JsonNode distinct : select.path("distinctClause")) {
      outputOrExpression(distinct, columns, scope);
    }
    order(select.path("sortClause"), columns, scope);
    return columns;
  }

  /** WHERE or ON: each of its parts ties the FROM entries that it names to each other. */
  void condition(JsonNode wrapped, Scope scope) {
    JsonNode and = wrapped.path("BoolExpr");
    if (Nodes.text(and, "boolop").equals("AND_EXPR")) {
      and.path("args").forEach(part -> condition(part, scope));
      expressions.fieldsOnly("BoolExpr", and);
    } else {
      JoinGraph.tie(judgement.referencesOf(() -> expressions.walk(wrapped, scope)));
    }
  }

  private List<String> targets(JsonNode list, Scope scope) {
    var columns = new ArrayList<String>();
    for (JsonNode wrapped : list) {
      JsonNode target = wrapped.path("ResTarget");
      judgement.checkFields("ResTarget", target, NodeShapes.TARGET);
      JsonNode value = target.path("val");
      if (Nodes.isStar(value.path("ColumnRef"))) {
        columns.addAll(names.expandStar(value.path("ColumnRef"), scope));
        continue;
      }
      List<String> expanded = List.of();
      if (Nodes.is(value, "A_Indirection")) {
        expanded = expressions.expandIndirection(value.path("A_Indirection"), scope);
      } else {
        expressions.walk(value, scope);
      }
      if (!expanded.isEmpty()) {
        columns.addAll(expanded);
      } else {
        columns.add(target.has("name") ? Nodes.text(target, "name") : outputNames.of(value));
      }
    }
    return columns;
  }

  private void group(JsonNode items, List<String> columns, Scope scope) {
    for (JsonNode item : items) {
      switch (Nodes.type(item)) {
        case "GroupingSet" -> {
          JsonNode set = item.path("GroupingSet");
          judgement.checkFields("GroupingSet", set, NodeShapes.GROUPING_SET);
          group(set.path("content"), columns, scope);
        }
        case "RowExpr" -> group(item.path("RowExpr").path("args"), columns, scope);
        default -> groupItem(item, columns, scope);
      }
    }
  }

  /** A name in GROUP BY is a column first and a result column second. */
  private void groupItem(JsonNode item, List<String> columns, Scope scope) {
    String name = bareName(item);
    if (!name.isEmpty() && columns.contains(name) && !names.isColumn(name, scope)) {
      return;
    }
    expressions.walk(item, scope);
  }

  private void order(JsonNode sortClause, List<String> columns, Scope scope) {
    for (JsonNode wrapped : sortClause) {
      JsonNode sort = wrapped.path("SortBy");
      if (isOutput(sort.path("node"), columns)) {
        expressions.fieldsOnly("SortBy", sort);
      } else {
        expressions.walk(wrapped, scope);
      }
    }
  }

  private void outputOrExpression(JsonNode item, List<String> columns, Scope scope) {
    if (!isOutput(item, columns)) {
      expressions.walk(item, scope);
    }
  }

  /** A name alone in ORDER BY or DISTINCT ON is a result column first. */
  private static boolean isOutput(JsonNode item, List<String> columns) {
    String name = bareName(item);
    return !name.isEmpty() && columns.contains(name);
  }

  private static String bareName(JsonNode item) {
    JsonNode fields = item.path("ColumnRef").path("fields");
    return fields.size() == 1 ? Nodes.name(fields.get(0)) : "";
  }
}
