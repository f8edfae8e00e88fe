package io.querytrail.safety;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expressions that need no rule of their own: their types, and of each type the fields and what is
 * in them. A type or a field that is not here is not allowed, so grammar that PostgreSQL adds is
 * rejected until somebody has looked at it.
 */
final class NodeShapes {
  enum Content {
    /** Numbers, names and flags that lead nowhere. */
    PLAIN,
    NODE,
    LIST,
    OPERATOR,
    TYPE,
    QUERY,
    /** A node without its type around it; {@link #bareType} tells the type. */
    BARE
  }

  private static final Map<String, Map<String, Content>> SHAPES = new HashMap<>();
  private static final Map<String, String> BARE_TYPES = new HashMap<>();

  static {
    shape("A_Const", "ival fval boolval sval bsval isnull location", "", "");
    shape("BoolExpr", "boolop location", "", "args");
    shape("NullTest", "nulltesttype argisrow location", "arg", "");
    shape("BooleanTest", "booltesttype location", "arg", "");
    shape("CaseExpr", "location", "arg defresult", "args");
    shape("CaseWhen", "location", "expr result", "");
    shape("CoalesceExpr", "location", "", "args");
    shape("MinMaxExpr", "op location", "", "args");
    shape(
        "WindowDef",
        "name refname frameOptions location",
        "startOffset endOffset",
        "partitionClause orderClause");
    shape("A_ArrayExpr", "location", "", "elements");
    shape("RowExpr", "row_format location", "", "args");
    shape("A_Indices", "is_slice", "lidx uidx", "");
    shape("GroupingFunc", "location", "", "args");
    shape("NamedArgExpr", "name argnumber location", "arg", "");
    shape("List", "", "", "items");
    shape("A_Expr", "kind location", "lexpr rexpr", "").put("name", Content.OPERATOR);
    shape("SortBy", "sortby_dir sortby_nulls location", "node", "").put("useOp", Content.OPERATOR);
    shape("TypeCast", "location", "arg", "").put("typeName", Content.TYPE);
    shapeSqlJson();
  }

  /** SQL/JSON takes values apart and puts them together: values in, values and rows out. */
  private static void shapeSqlJson() {
    shape("JsonFormat", "format_type encoding location", "", "");
    shape("JsonValueExpr", "", "raw_expr", "");
    bare("JsonValueExpr", "format", "JsonFormat");
    shape("JsonReturning", "", "", "");
    bare("JsonReturning", "format", "JsonFormat");
    shape("JsonOutput", "", "", "").put("typeName", Content.TYPE);
    bare("JsonOutput", "returning", "JsonReturning");
    shape("JsonBehavior", "btype location", "expr", "");
    shape("JsonArgument", "name", "", "");
    bare("JsonArgument", "val", "JsonValueExpr");
    shape("JsonKeyValue", "", "key", "");
    bare("JsonKeyValue", "value", "JsonValueExpr");

    shape("JsonFuncExpr", "op wrapper quotes location", "pathspec", "passing");
    bare("JsonFuncExpr", "context_item", "JsonValueExpr");
    bare("JsonFuncExpr", "output", "JsonOutput");
    bare("JsonFuncExpr", "on_empty on_error", "JsonBehavior");
    shape("JsonIsPredicate", "item_type unique_keys location", "expr", "");
    bare("JsonIsPredicate", "format", "JsonFormat");
    shape("JsonParseExpr", "unique_keys location", "", "");
    bare("JsonParseExpr", "expr", "JsonValueExpr");
    shape("JsonScalarExpr", "location", "expr", "");
    shape("JsonSerializeExpr", "location", "", "");
    bare("JsonSerializeExpr", "expr", "JsonValueExpr");
    shape("JsonObjectConstructor", "absent_on_null unique location", "", "exprs");
    shape("JsonArrayConstructor", "absent_on_null location", "", "exprs");
    shape("JsonArrayQueryConstructor", "absent_on_null location", "", "")
        .put("query", Content.QUERY);
    bare("JsonArrayQueryConstructor", "format", "JsonFormat");
    for (String type :
        "JsonParseExpr JsonScalarExpr JsonSerializeExpr JsonObjectConstructor JsonArrayConstructor"
            .split(" ")) {
      bare(type, "output", "JsonOutput");
    }
    bare("JsonArrayQueryConstructor", "output", "JsonOutput");

    shape("JsonAggConstructor", "location", "agg_filter", "agg_order");
    bare("JsonAggConstructor", "output", "JsonOutput");
    bare("JsonAggConstructor", "over", "WindowDef");
    shape("JsonObjectAgg", "absent_on_null unique", "", "");
    bare("JsonObjectAgg", "constructor", "JsonAggConstructor");
    bare("JsonObjectAgg", "arg", "JsonKeyValue");
    shape("JsonArrayAgg", "absent_on_null", "", "");
    bare("JsonArrayAgg", "constructor", "JsonAggConstructor");
    bare("JsonArrayAgg", "arg", "JsonValueExpr");

    shape("JsonTable", "lateral alias location", "", "passing columns");
    bare("JsonTable", "context_item", "JsonValueExpr");
    bare("JsonTable", "pathspec", "JsonTablePathSpec");
    bare("JsonTable", "on_error", "JsonBehavior");
    shape("JsonTablePathSpec", "name name_location location", "string", "");
    shape("JsonTableColumn", "coltype name wrapper quotes location", "", "columns")
        .put("typeName", Content.TYPE);
    bare("JsonTableColumn", "pathspec", "JsonTablePathSpec");
    bare("JsonTableColumn", "format", "JsonFormat");
    bare("JsonTableColumn", "on_empty on_error", "JsonBehavior");
  }

  static final Set<String> SELECT =
      Set.of(
          "distinctClause",
          "targetList",
          "fromClause",
          "whereClause",
          "groupClause",
          "groupDistinct",
          "havingClause",
          "windowClause",
          "valuesLists",
          "sortClause",
          "limitOffset",
          "limitCount",
          "limitOption",
          "op",
          "all",
          "larg",
          "rarg",
          "withClause",
          "intoClause",
          "lockingClause");
  static final Set<String> TARGET = Set.of("name", "val", "location");
  static final Set<String> WITH = Set.of("ctes", "recursive", "location");
  static final Set<String> COMMON_TABLE =
      Set.of(
          "ctename",
          "aliascolnames",
          "ctematerialized",
          "ctequery",
          "search_clause",
          "cycle_clause",
          "location");
  static final Set<String> SEARCH =
      Set.of("search_col_list", "search_breadth_first", "search_seq_column", "location");
  static final Set<String> CYCLE =
      Set.of(
          "cycle_col_list",
          "cycle_mark_column",
          "cycle_mark_value",
          "cycle_mark_default",
          "cycle_path_column",
          "location");
  static final Set<String> RELATION =
      Set.of("schemaname", "relname", "inh", "relpersistence", "alias", "location");
  static final Set<String> ALIAS = Set.of("aliasname", "colnames");
  static final Set<String> SUBSELECT = Set.of("lateral", "subquery", "alias");
  static final Set<String> JOIN =
      Set.of(
          "jointype",
          "isNatural",
          "larg",
          "rarg",
          "usingClause",
          "quals",
          "alias",
          "join_using_alias",
          "rtindex");
  static final Set<String> FUNCTION_IN_FROM =
      Set.of("lateral", "ordinality", "is_rowsfrom", "functions", "alias", "coldeflist");
  static final Set<String> COLUMN_DEFINITION =
      Set.of("colname", "typeName", "is_local", "location");
  static final Set<String> SAMPLE = Set.of("relation", "method", "args", "repeatable", "location");
  static final Set<String> SUBLINK =
      Set.of("subLinkType", "testexpr", "operName", "subselect", "location");
  static final Set<String> CALL =
      Set.of(
          "funcname",
          "args",
          "agg_order",
          "agg_filter",
          "over",
          "agg_within_group",
          "agg_star",
          "agg_distinct",
          "func_variadic",
          "funcformat",
          "location");
  static final Set<String> TYPE = Set.of("names", "typmods", "typemod", "arrayBounds", "location");
  static final Set<String> GROUPING_SET = Set.of("kind", "content", "location");
  static final Set<String> SQL_VALUE = Set.of("op", "typmod", "location");
  static final Set<String> COLLATE = Set.of("arg", "collname", "location");
  static final Set<String> XML =
      Set.of("op", "name", "named_args", "args", "xmloption", "location");
  static final Set<String> INDIRECTION = Set.of("arg", "indirection");

  private NodeShapes() {}

  private static Map<String, Content> shape(String type, String plain, String nodes, String lists) {
    var fields = new HashMap<String, Content>();
    put(fields, plain, Content.PLAIN);
    put(fields, nodes, Content.NODE);
    put(fields, lists, Content.LIST);
    SHAPES.put(type, fields);
    return fields;
  }

  private static void put(Map<String, Content> fields, String names, Content content) {
    for (String name : names.split(" ")) {
      if (!name.isEmpty()) {
        fields.put(name, content);
      }
    }
  }

  private static void bare(String type, String fields, String bareType) {
    for (String field : fields.split(" ")) {
      SHAPES.computeIfAbsent(type, missing -> new HashMap<>()).put(field, Content.BARE);
      BARE_TYPES.put(type + "." + field, bareType);
    }
  }

  /** The type of what is in a field of content {@link Content#BARE}. */
  static String bareType(String type, String field) {
    return BARE_TYPES.getOrDefault(type + "." + field, "");
  }

  static @Nullable Map<String, Content> of(String type) {
    return SHAPES.get(type);
  }
}
