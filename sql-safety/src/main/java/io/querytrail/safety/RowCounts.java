package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Tells queries that have one row at most, which multiply nothing that they are joined to. */
final class RowCounts {
  private static final Set<String> ROW_MAKERS =
      Set.of("generate_series", "generate_subscripts", "unnest", "string_to_table");

  private RowCounts() {}

  static boolean canBeMany(JsonNode select) {
    var limit = Nodes.wholeNumber(select.path("limitCount"));
    if (limit.isPresent() && limit.getAsLong() <= 1) {
      return false;
    }
    if (select.has("larg")) {
      return true;
    }
    if (select.has("valuesLists")) {
      return select.get("valuesLists").size() > 1;
    }
    if (!select.has("fromClause")) {
      return calls(select.path("targetList"), ROW_MAKERS::contains);
    }
    return select.has("groupClause")
        || !calls(select.path("targetList"), AllowedFunctions::isAggregate);
  }

  /** Whether a call like that stands in an expression itself, not in a query inside it. */
  private static boolean calls(JsonNode node, java.util.function.Predicate<String> wanted) {
    if (node.has("SubLink")) {
      return false;
    }
    JsonNode call = node.path("FuncCall");
    if (!call.isMissingNode() && !call.has("over")) {
      JsonNode name = call.path("funcname");
      if (wanted.test(Nodes.name(name.path(name.size() - 1)))) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (calls(child, wanted)) {
        return true;
      }
    }
    return false;
  }
}
