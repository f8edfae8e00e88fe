package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The name that PostgreSQL gives to a result column without AS. */
final class OutputNames {
  private static final String UNNAMED = "?column?";

  /** How sure PostgreSQL is of a name: a weak one gives way to what is inside or around it. */
  private record Guess(String name, boolean strong) {}

  private static final Map<String, String> BY_TYPE =
      Map.ofEntries(
          Map.entry("A_ArrayExpr", "array"),
          Map.entry("RowExpr", "row"),
          Map.entry("CoalesceExpr", "coalesce"),
          Map.entry("GroupingFunc", "grouping"),
          Map.entry("JsonParseExpr", "json"),
          Map.entry("JsonScalarExpr", "json_scalar"),
          Map.entry("JsonSerializeExpr", "json_serialize"),
          Map.entry("JsonObjectConstructor", "json_object"),
          Map.entry("JsonArrayConstructor", "json_array"),
          Map.entry("JsonArrayQueryConstructor", "json_array"),
          Map.entry("JsonObjectAgg", "json_objectagg"),
          Map.entry("JsonArrayAgg", "json_arrayagg"));

  private static final Map<String, String> XML =
      Map.of(
          "IS_XMLCONCAT", "xmlconcat",
          "IS_XMLELEMENT", "xmlelement",
          "IS_XMLFOREST", "xmlforest");

  private final Function<JsonNode, List<String>> columnsOfQuery;

  /**
   * @param columnsOfQuery the columns of a SELECT that has been walked already
   */
  OutputNames(Function<JsonNode, List<String>> columnsOfQuery) {
    this.columnsOfQuery = columnsOfQuery;
  }

  String of(JsonNode expression) {
    Guess guess = guess(expression);
    return guess == null ? UNNAMED : guess.name();
  }

  private @Nullable Guess guess(JsonNode expression) {
    String type = Nodes.type(expression);
    JsonNode node = expression.path(type);
    return switch (type) {
      case "ColumnRef" -> strong(lastName(node.path("fields")));
      case "FuncCall" -> strong(lastName(node.path("funcname")));
      case "A_Indirection" -> {
        String field = lastName(node.path("indirection"));
        yield field.isEmpty() ? guess(node.path("arg")) : strong(field);
      }
      case "A_Expr" -> Nodes.text(node, "kind").equals("AEXPR_NULLIF") ? strong("nullif") : null;
      case "TypeCast" -> {
        Guess inner = guess(node.path("arg"));
        yield inner != null && inner.strong()
            ? inner
            : new Guess(lastName(node.path("typeName").path("names")), false);
      }
      case "CollateClause" -> guess(node.path("arg"));
      case "CaseExpr" -> {
        Guess inner = guess(node.path("defresult"));
        yield inner != null && inner.strong() ? inner : new Guess("case", false);
      }
      case "MinMaxExpr" ->
          strong(Nodes.text(node, "op").equals("IS_GREATEST") ? "greatest" : "least");
      case "SQLValueFunction" -> strong(ofSqlValue(Nodes.text(node, "op")));
      case "XmlExpr" -> strong(XML.getOrDefault(Nodes.text(node, "op"), UNNAMED));
      case "JsonFuncExpr" ->
          // JSON_VALUE of JSON_VALUE_OP, and so on.
          strong(Nodes.text(node, "op").replaceFirst("_OP$", "").toLowerCase(Locale.ROOT));
      case "SubLink" -> ofSubLink(node);
      default -> BY_TYPE.containsKey(type) ? strong(BY_TYPE.getOrDefault(type, UNNAMED)) : null;
    };
  }

  private @Nullable Guess ofSubLink(JsonNode link) {
    return switch (Nodes.text(link, "subLinkType")) {
      case "EXISTS_SUBLINK" -> strong("exists");
      case "ARRAY_SUBLINK" -> strong("array");
      case "EXPR_SUBLINK" -> {
        List<String> columns = columnsOfQuery.apply(link.path("subselect").path("SelectStmt"));
        yield columns.isEmpty() ? null : strong(columns.getFirst());
      }
      default -> null;
    };
  }

  private static Guess strong(String name) {
    return new Guess(name, true);
  }

  /** The last part of a name that is not a star or a subscript. */
  private static String lastName(JsonNode list) {
    String last = "";
    for (JsonNode part : list) {
      String name = Nodes.name(part);
      last = name.isEmpty() ? last : name;
    }
    return last;
  }

  /** {@code current_date} of SVFOP_CURRENT_DATE, {@code current_time} of SVFOP_CURRENT_TIME_N. */
  static String ofSqlValue(String operation) {
    return operation.replaceFirst("^SVFOP_", "").replaceFirst("_N$", "").toLowerCase(Locale.ROOT);
  }
}
