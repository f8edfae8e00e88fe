package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks WITH clauses, plain and recursive. */
final class WithWalker {
  private final Judgement judgement;
  private final ExpressionWalker expressions;
  private final QueryWalker queries;

  WithWalker(Judgement judgement, ExpressionWalker expressions, QueryWalker queries) {
    this.judgement = judgement;
    this.expressions = expressions;
    this.queries = queries;
  }

  /** Makes the tables of the clause, if there is one, known in the scope. */
  void define(JsonNode clause, Scope scope) {
    if (clause.isMissingNode()) {
      return;
    }
    judgement.checkFields("WithClause", clause, NodeShapes.WITH);
    var tables = new ArrayList<JsonNode>();
    clause.path("ctes").forEach(wrapped -> tables.add(wrapped.path("CommonTableExpr")));
    if (clause.path("recursive").asBoolean()) {
      inOrderOfUse(tables).forEach(table -> define(table, scope, refersTo(table, nameOf(table))));
    } else {
      tables.forEach(table -> define(table, scope, false));
    }
  }

  private static String nameOf(JsonNode table) {
    return Nodes.text(table, "ctename");
  }

  /** With RECURSIVE a table may use later ones too; each is walked after those that it uses. */
  private List<JsonNode> inOrderOfUse(List<JsonNode> tables) {
    var waiting = new LinkedHashMap<String, JsonNode>();
    tables.forEach(table -> waiting.put(nameOf(table), table));
    var ordered = new ArrayList<JsonNode>();
    while (!waiting.isEmpty()) {
      JsonNode ready = null;
      for (Map.Entry<String, JsonNode> entry : waiting.entrySet()) {
        var others = new HashSet<>(waiting.keySet());
        others.remove(entry.getKey());
        if (ready == null && others.stream().noneMatch(o -> refersTo(entry.getValue(), o))) {
          ready = entry.getValue();
        }
      }
      if (ready == null) {
        judgement.report(
            SafetyRule.SYNTAX_NOT_ALLOWED,
            "Queries in WITH may not use each other in a circle",
            waiting.firstEntry().getValue());
        return List.of();
      }
      waiting.remove(nameOf(ready));
      ordered.add(ready);
    }
    return ordered;
  }

  private boolean refersTo(JsonNode table, String name) {
    return table.findValues("RangeVar").stream()
        .anyMatch(
            use -> judgement.writtenSchema(use) == null && Nodes.text(use, "relname").equals(name));
  }

  private void define(JsonNode table, Scope scope, boolean recursive) {
    judgement.checkFields("CommonTableExpr", table, NodeShapes.COMMON_TABLE);
    JsonNode wrapped = table.path("ctequery");
    if (!Nodes.is(wrapped, "SelectStmt")) {
      judgement.report(
          SafetyRule.DML_IN_CTE, "WITH may only hold queries, no changes of data", table);
      scope.define(new CommonTable(nameOf(table), List.of(), true, false));
      return;
    }
    JsonNode select = wrapped.path("SelectStmt");
    if (recursive) {
      checkRecursion(table, select, scope);
    }
    List<String> columns =
        queries.recursive(select, scope, first -> defineFirst(table, first, recursive, scope));
    scope.define(
        new CommonTable(
            nameOf(table),
            withSearchAndCycle(table, renamed(table, columns), scope),
            RowCounts.canBeMany(select),
            true));
  }

  /** The recursive part sees the table with the columns of the first part. */
  private static void defineFirst(
      JsonNode table, List<String> columns, boolean recursive, Scope scope) {
    if (recursive) {
      scope.define(new CommonTable(nameOf(table), renamed(table, columns), true, true));
    }
  }

  private void checkRecursion(JsonNode table, JsonNode select, Scope scope) {
    // Until its first part is known nothing can be said of its columns.
    scope.define(new CommonTable(nameOf(table), List.of(), true, false));
    if (!Nodes.text(select, "op").equals("SETOP_UNION")) {
      judgement.report(
          SafetyRule.SYNTAX_NOT_ALLOWED,
          "Recursion needs a first part, UNION, and a recursive part",
          table);
    } else if (refersTo(select.path("larg"), nameOf(table))) {
      judgement.report(
          SafetyRule.SYNTAX_NOT_ALLOWED,
          "The first part of a recursion may not use \"%s\" itself".formatted(nameOf(table)),
          table);
    } else if (!isBounded(select.path("rarg"))) {
      judgement.report(
          SafetyRule.UNBOUNDED_RECURSION,
          "Nothing ends the recursion of \"%s\": its recursive part has no condition"
              .formatted(nameOf(table)),
          table);
    }
  }

  /** A condition that looks at a column ends a recursion, as far as can be told from outside. */
  private static boolean isBounded(JsonNode recursivePart) {
    return Set.of("whereClause", "quals", "usingClause", "isNatural").stream()
        .flatMap(clause -> recursivePart.findValues(clause).stream())
        .anyMatch(condition -> !condition.isObject() || condition.findValue("ColumnRef") != null);
  }

  private static List<String> renamed(JsonNode table, List<String> columns) {
    List<String> aliases = Nodes.names(table.path("aliascolnames"));
    var result = new ArrayList<>(aliases);
    if (aliases.size() < columns.size()) {
      result.addAll(columns.subList(aliases.size(), columns.size()));
    }
    return result;
  }

  private List<String> withSearchAndCycle(JsonNode table, List<String> columns, Scope scope) {
    var result = new ArrayList<>(columns);
    JsonNode search = table.path("search_clause");
    if (!search.isMissingNode()) {
      judgement.checkFields("CTESearchClause", search, NodeShapes.SEARCH);
      result.add(Nodes.text(search, "search_seq_column"));
    }
    JsonNode cycle = table.path("cycle_clause");
    if (!cycle.isMissingNode()) {
      judgement.checkFields("CTECycleClause", cycle, NodeShapes.CYCLE);
      for (String value : List.of("cycle_mark_value", "cycle_mark_default")) {
        if (cycle.has(value)) {
          expressions.walk(cycle.get(value), scope);
        }
      }
      result.add(Nodes.text(cycle, "cycle_mark_column"));
      result.add(Nodes.text(cycle, "cycle_path_column"));
    }
    return result;
  }
}
