package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** Walks expressions: every node must be of a kind that is allowed, and every name must resolve. */
final class ExpressionWalker {
  private static final Set<String> CLOCK_VALUES =
      Set.of(
          "SVFOP_CURRENT_DATE",
          "SVFOP_CURRENT_TIME",
          "SVFOP_CURRENT_TIME_N",
          "SVFOP_CURRENT_TIMESTAMP",
          "SVFOP_CURRENT_TIMESTAMP_N",
          "SVFOP_LOCALTIME",
          "SVFOP_LOCALTIME_N",
          "SVFOP_LOCALTIMESTAMP",
          "SVFOP_LOCALTIMESTAMP_N");
  private static final Set<String> XML_BUILDERS =
      Set.of("IS_XMLELEMENT", "IS_XMLFOREST", "IS_XMLCONCAT");

  private final Judgement judgement;
  private final NameResolver names;
  private final QueryWalker queries;
  private final CostRules costs;

  ExpressionWalker(Judgement judgement, NameResolver names, QueryWalker queries) {
    this.judgement = judgement;
    this.names = names;
    this.queries = queries;
    this.costs = new CostRules(judgement);
  }

  void walkAll(JsonNode list, Scope scope) {
    list.forEach(node -> walk(node, scope));
  }

  void walk(JsonNode wrapped, Scope scope) {
    if (wrapped.isEmpty()) {
      return; // an empty place in a list, as in a slice without bounds
    }
    String type = Nodes.type(wrapped);
    JsonNode node = wrapped.path(type);
    switch (type) {
      case "ColumnRef" -> names.resolve(node, scope);
      case "FuncCall" -> call(node, scope);
      case "SubLink" -> subLink(node, scope);
      case "A_Indirection" -> indirection(node, scope);
      case "SQLValueFunction" -> sqlValue(node);
      case "CollateClause" -> collate(node, scope);
      case "XmlExpr" -> xml(node, scope);
      case "SetToDefault" -> notAllowed("DEFAULT is not allowed", node);
      case "ParamRef" ->
          judgement.report(SafetyRule.PARAMETER, "Parameters have no value here", node);
      default -> fields(type, node, scope);
    }
  }

  /** A node without a rule of its own. */
  void fields(String type, JsonNode node, Scope scope) {
    var shape = NodeShapes.of(type);
    if (shape == null) {
      notAllowed("%s is not allowed".formatted(type.isEmpty() ? "This" : type), node);
      return;
    }
    for (var fields = node.fields(); fields.hasNext(); ) {
      var field = fields.next();
      switch (shape.get(field.getKey())) {
        case PLAIN -> {}
        case NODE -> walk(field.getValue(), scope);
        case LIST -> walkAll(field.getValue(), scope);
        case OPERATOR -> operator(field.getValue(), node);
        case TYPE -> type(field.getValue());
        case QUERY -> queries.subquery(field.getValue(), scope);
        case BARE -> fields(NodeShapes.bareType(type, field.getKey()), field.getValue(), scope);
        case null -> notAllowed("%s.%s is not allowed".formatted(type, field.getKey()), node);
      }
    }
    if (type.equals("A_Expr")) {
      costs.checkOperator(node);
    }
  }

  CostRules costs() {
    return costs;
  }

  /** Checks the fields of a node whose parts are walked elsewhere. */
  void fieldsOnly(String type, JsonNode node) {
    var shape = NodeShapes.of(type);
    judgement.checkFields(type, node, shape == null ? Set.of() : shape.keySet());
    if (node.has("useOp")) {
      operator(node.get("useOp"), node);
    }
  }

  private void operator(JsonNode operatorNames, JsonNode expression) {
    if (Nodes.text(expression, "kind").contains("BETWEEN")) {
      return; // its name is the keyword; the parser allows no other
    }
    List<String> parts = Nodes.names(operatorNames);
    boolean ownSchema = parts.size() == 2 && !parts.getFirst().equals("pg_catalog");
    if (parts.isEmpty() || parts.size() > 2 || ownSchema) {
      judgement.report(
          SafetyRule.OPERATOR_NOT_ALLOWED,
          "Operators of other schemas are not allowed",
          expression);
    } else if (!AllowedOperators.contains(parts.getLast())) {
      judgement.report(
          SafetyRule.OPERATOR_NOT_ALLOWED,
          "Operator %s is not allowed".formatted(parts.getLast()),
          expression);
    }
  }

  // ---- types

  void type(JsonNode type) {
    judgement.checkFields("TypeName", type, NodeShapes.TYPE);
    for (JsonNode modifier : type.path("typmods")) {
      if (!Nodes.is(modifier, "A_Const")) {
        typeNotAllowed("Type modifiers must be constants", type);
      }
    }
    List<String> parts = Nodes.names(type.path("names"));
    String name = parts.isEmpty() ? "" : parts.getLast();
    if (parts.size() == 1) {
      unqualifiedType(name, type);
    } else if (parts.size() == 2) {
      String schema = parts.getFirst();
      boolean builtIn = schema.equals("pg_catalog") && AllowedTypes.isBuiltIn(name);
      boolean known =
          judgement.policy().schemas().contains(schema)
              && judgement.types().isColumnType(schema, name);
      if (!builtIn && !known) {
        typeNotAllowed("Type %s.%s is not allowed".formatted(schema, name), type);
      }
    } else {
      typeNotAllowed("This type is not allowed", type);
    }
  }

  private void unqualifiedType(String name, JsonNode type) {
    if (AllowedTypes.isBuiltIn(name)) {
      return;
    }
    var schema = judgement.types().schemaOf(name);
    if (schema.isPresent()) {
      judgement.qualify(type, schema.get());
    } else {
      typeNotAllowed("Type %s is not allowed".formatted(name), type);
    }
  }

  private void typeNotAllowed(String message, JsonNode type) {
    judgement.report(SafetyRule.CAST_NOT_ALLOWED, message, type);
  }

  // ---- nodes with rules of their own

  private void call(JsonNode call, Scope scope) {
    judgement.checkFields("FuncCall", call, NodeShapes.CALL);
    functionName(call);
    walkAll(call.path("args"), scope);
    walkAll(call.path("agg_order"), scope);
    if (call.has("agg_filter")) {
      walk(call.get("agg_filter"), scope);
    }
    if (call.has("over")) {
      fields("WindowDef", call.get("over"), scope);
    }
    costs.checkCall(call);
  }

  private void functionName(JsonNode call) {
    List<String> parts = Nodes.names(call.path("funcname"));
    String name = parts.isEmpty() ? "" : parts.getLast();
    Set<String> extra = judgement.policy().extraFunctions();
    boolean allowed =
        switch (parts.size()) {
          case 1 ->
              AllowedFunctions.contains(name) || extra.contains(name) || qualified(name, call);
          case 2 ->
              parts.getFirst().equals("pg_catalog")
                  ? AllowedFunctions.contains(name) || extra.contains(name)
                  : extra.contains(parts.getFirst() + "." + name);
          default -> false;
        };
    if (!allowed) {
      judgement.report(
          SafetyRule.FUNCTION_NOT_ALLOWED,
          "Function %s is not allowed".formatted(String.join(".", parts)),
          call);
    }
  }

  /** An extra function of one of the policy's schemas, called without it. */
  private boolean qualified(String name, JsonNode call) {
    for (String schema : judgement.policy().schemas()) {
      if (judgement.policy().extraFunctions().contains(schema + "." + name)) {
        judgement.qualify(call, schema);
        return true;
      }
    }
    return false;
  }

  private void subLink(JsonNode link, Scope scope) {
    judgement.checkFields("SubLink", link, NodeShapes.SUBLINK);
    if (link.has("testexpr")) {
      walk(link.get("testexpr"), scope);
    }
    if (link.has("operName")) {
      operator(link.get("operName"), link);
    }
    queries.subquery(link.path("subselect"), scope);
  }

  private void indirection(JsonNode node, Scope scope) {
    expandIndirection(node, scope);
  }

  /**
   * Subscripts, or a field of a row. Anything else with a dot is a function call to PostgreSQL.
   * Returns the columns if it ends in a star.
   */
  List<String> expandIndirection(JsonNode node, Scope scope) {
    judgement.checkFields("A_Indirection", node, NodeShapes.INDIRECTION);
    JsonNode argument = node.path("arg");
    JsonNode steps = node.path("indirection");
    boolean subscriptsOnly = true;
    for (JsonNode step : steps) {
      subscriptsOnly &= Nodes.is(step, "A_Indices");
    }
    if (subscriptsOnly) {
      walk(argument, scope);
      walkAll(steps, scope);
      return List.of();
    }
    if (steps.size() == 1 && steps.get(0).has("A_Star")) {
      return expandRow(argument, scope);
    }
    if (steps.size() == 1 && !isField(argument, Nodes.name(steps.get(0)), scope)) {
      noField(Nodes.name(steps.get(0)), argument);
    } else if (steps.size() > 1) {
      noField(Nodes.name(steps.get(steps.size() - 1)), argument);
    }
    return List.of();
  }

  private boolean isField(JsonNode argument, String field, Scope scope) {
    if (Nodes.is(argument, "FuncCall")) {
      walk(argument, scope);
      return resultColumns(argument).contains(field);
    }
    return names.resolveField(argument, field, scope);
  }

  private List<String> expandRow(JsonNode argument, Scope scope) {
    List<String> columns;
    if (Nodes.is(argument, "FuncCall")) {
      walk(argument, scope);
      columns = resultColumns(argument);
    } else {
      columns = names.expandRow(argument, scope);
    }
    if (columns == null || columns.isEmpty()) {
      noField("*", argument);
      return List.of();
    }
    return columns;
  }

  /** A function with one named result gives a plain value here, which has no fields. */
  private static List<String> resultColumns(JsonNode call) {
    List<String> parts = Nodes.names(call.path("FuncCall").path("funcname"));
    List<String> columns =
        parts.isEmpty() ? List.of() : AllowedFunctions.resultColumns(parts.getLast());
    return columns.size() > 1 ? columns : List.of();
  }

  private void noField(String field, JsonNode argument) {
    judgement.report(
        SafetyRule.COLUMN_UNKNOWN,
        "\".%s\" is not a column of a row in FROM; PostgreSQL would call a function of that name"
            .formatted(field),
        argument.path(Nodes.type(argument)));
  }

  private void sqlValue(JsonNode node) {
    judgement.checkFields("SQLValueFunction", node, NodeShapes.SQL_VALUE);
    String operation = Nodes.text(node, "op");
    String keyword = OutputNames.ofSqlValue(operation);
    if (!CLOCK_VALUES.contains(operation)
        && !judgement.policy().extraFunctions().contains(keyword)) {
      judgement.report(
          SafetyRule.FUNCTION_NOT_ALLOWED,
          "%s is not allowed".formatted(keyword.toUpperCase(java.util.Locale.ROOT)),
          node);
    }
  }

  private void collate(JsonNode node, Scope scope) {
    judgement.checkFields("CollateClause", node, NodeShapes.COLLATE);
    List<String> parts = Nodes.names(node.path("collname"));
    boolean ownSchema = parts.size() == 2 && !parts.getFirst().equals("pg_catalog");
    if (parts.isEmpty()
        || parts.size() > 2
        || ownSchema
        || !AllowedCollations.contains(parts.getLast())) {
      judgement.report(
          SafetyRule.COLLATION_NOT_ALLOWED,
          "Collation %s is not allowed".formatted(String.join(".", parts)),
          node);
    }
    if (node.has("arg")) {
      walk(node.get("arg"), scope);
    }
  }

  private void xml(JsonNode node, Scope scope) {
    judgement.checkFields("XmlExpr", node, NodeShapes.XML);
    if (!XML_BUILDERS.contains(Nodes.text(node, "op"))) {
      notAllowed("Parsing XML is not allowed", node);
    }
    for (JsonNode argument : node.path("named_args")) {
      walk(argument.path("ResTarget").path("val"), scope);
    }
    walkAll(node.path("args"), scope);
  }

  private void notAllowed(String message, JsonNode node) {
    judgement.report(SafetyRule.SYNTAX_NOT_ALLOWED, message, node);
  }
}
