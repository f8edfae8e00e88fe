package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads PostgreSQL's parse tree in its JSON form: each node is an object with its type as only key.
 */
final class Nodes {
  private Nodes() {}

  /** The type of a wrapped node, or an empty name for anything else. */
  static String type(JsonNode wrapped) {
    return wrapped.isObject() && wrapped.size() == 1 ? wrapped.fieldNames().next() : "";
  }

  static boolean is(JsonNode wrapped, String type) {
    return wrapped.isObject() && wrapped.size() == 1 && wrapped.has(type);
  }

  static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  /** The value of a String node; an empty name, which no identifier is, for anything else. */
  static String name(JsonNode wrapped) {
    return wrapped.path("String").path("sval").asText("");
  }

  static List<String> names(JsonNode list) {
    int size = list.size();
    return switch (size) {
      case 0 -> List.of();
      case 1 -> List.of(name(list.path(0)));
      case 2 -> List.of(name(list.path(0)), name(list.path(1)));
      default -> {
        var names = new ArrayList<String>(size);
        list.forEach(part -> names.add(name(part)));
        yield List.copyOf(names);
      }
    };
  }

  /** A whole number that is written out; PostgreSQL folds a sign into it. */
  static OptionalLong wholeNumber(JsonNode wrapped) {
    JsonNode value = wrapped.path("A_Const").path("ival");
    return value.isObject() ? OptionalLong.of(value.path("ival").asLong(0)) : OptionalLong.empty();
  }

  /** A text that is written out, or an empty one for anything else. */
  static String textConstant(JsonNode wrapped) {
    return wrapped.path("A_Const").path("sval").path("sval").asText("");
  }

  static boolean isNull(JsonNode wrapped) {
    return wrapped.path("A_Const").path("isnull").asBoolean();
  }

  static boolean isStar(JsonNode columnReference) {
    JsonNode fields = columnReference.path("fields");
    return fields.size() > 0 && fields.get(fields.size() - 1).has("A_Star");
  }
}
