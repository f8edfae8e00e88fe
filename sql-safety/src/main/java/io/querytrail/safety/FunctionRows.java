package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.safety.RowSource.Kind;
import java.util.ArrayList;
import java.util.List;

/** The columns of functions in FROM. */
final class FunctionRows {
  /**
   * @param name by which the entry is known without an alias
   */
  record Shape(String name, List<String> columns, Kind kind) {}

  private final Judgement judgement;
  private final ExpressionWalker expressions;

  FunctionRows(Judgement judgement, ExpressionWalker expressions) {
    this.judgement = judgement;
    this.expressions = expressions;
  }

  Shape shapeOf(JsonNode node, Scope scope) {
    var columns = new ArrayList<String>();
    var functionNames = new ArrayList<String>();
    boolean onePlainValue = true;
    for (JsonNode item : node.path("functions")) {
      JsonNode parts = item.path("List").path("items");
      if (!Nodes.is(parts.path(0), "FuncCall")) {
        judgement.report(
            SafetyRule.SYNTAX_NOT_ALLOWED,
            "Only plain functions are allowed in FROM",
            parts.path(0).path(Nodes.type(parts.path(0))));
        return new Shape("", List.of(), Kind.UNKNOWN);
      }
      expressions.walk(parts.path(0), scope);
      JsonNode call = parts.path(0).path("FuncCall");
      List<String> own = definedColumns(parts.path(1).path("List").path("items"));
      if (own.isEmpty()) {
        own = definedColumns(node.path("coldeflist"));
      }
      functionNames.add(Nodes.names(call.path("funcname")).getLast());
      onePlainValue &= own.isEmpty() && isPlainValue(call);
      columns.addAll(own.isEmpty() ? resultColumns(call, node) : own);
    }
    if (node.path("ordinality").asBoolean()) {
      columns.add("ordinality");
      onePlainValue = false;
    }
    Kind kind = onePlainValue && functionNames.size() == 1 ? Kind.VALUE : Kind.ROW;
    return new Shape(functionNames.isEmpty() ? "" : functionNames.getFirst(), columns, kind);
  }

  private List<String> definedColumns(JsonNode definitions) {
    var columns = new ArrayList<String>();
    for (JsonNode wrapped : definitions) {
      JsonNode definition = wrapped.path("ColumnDef");
      judgement.checkFields("ColumnDef", definition, NodeShapes.COLUMN_DEFINITION);
      expressions.type(definition.path("typeName"));
      columns.add(Nodes.text(definition, "colname"));
    }
    return columns;
  }

  private static boolean isPlainValue(JsonNode call) {
    String name = Nodes.names(call.path("funcname")).getLast();
    return AllowedFunctions.resultColumns(name).size() <= 1 && !isManyArrays(name, call);
  }

  /** {@code unnest(a, b)} is short for {@code ROWS FROM (unnest(a), unnest(b))}. */
  private static boolean isManyArrays(String name, JsonNode call) {
    return name.equals("unnest") && call.path("args").size() > 1;
  }

  private static List<String> resultColumns(JsonNode call, JsonNode from) {
    String name = Nodes.names(call.path("funcname")).getLast();
    List<String> named = AllowedFunctions.resultColumns(name);
    if (!named.isEmpty()) {
      return named;
    }
    if (isManyArrays(name, call)) {
      return java.util.Collections.nCopies(call.path("args").size(), name);
    }
    // A plain value is called like the entry's alias, if the entry is this function alone.
    String alias = Nodes.text(from.path("alias"), "aliasname");
    return List.of(alias.isEmpty() || from.path("functions").size() > 1 ? name : alias);
  }
}
