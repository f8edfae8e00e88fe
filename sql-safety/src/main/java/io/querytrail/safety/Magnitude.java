package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * How large a number an expression of constants can be. What comes from columns is not known and
 * counts as nothing: rows are bounded elsewhere, constants are what a statement can blow up by
 * itself.
 */
final class Magnitude {
  private Magnitude() {}

  /** An upper bound of the absolute value. */
  static double of(JsonNode wrapped) {
    String type = Nodes.type(wrapped);
    JsonNode node = wrapped.path(type);
    return switch (type) {
      case "A_Const" -> ofConstant(node);
      case "TypeCast" -> of(node.path("arg"));
      case "A_Expr" -> ofOperator(node);
      case "FuncCall" -> ofCall(node);
      default -> largestIn(node);
    };
  }

  private static double ofConstant(JsonNode node) {
    if (node.has("ival")) {
      return Math.abs(node.path("ival").path("ival").asDouble(0));
    }
    String digits = node.path("fval").path("fval").asText(node.path("sval").path("sval").asText());
    try {
      return Math.abs(Double.parseDouble(digits));
    } catch (NumberFormatException e) {
      return node.has("fval") ? Double.POSITIVE_INFINITY : 0;
    }
  }

  private static double ofOperator(JsonNode node) {
    double left = of(node.path("lexpr"));
    double right = of(node.path("rexpr"));
    List<String> names = Nodes.names(node.path("name"));
    return switch (names.isEmpty() ? "" : names.getLast()) {
      case "+", "-" -> left + right;
      case "*" -> Math.max(left, 1) * Math.max(right, 1);
      case "^" -> Math.pow(Math.max(left, 1), right);
      case "<<" -> Math.max(left, 1) * Math.pow(2, right);
      default -> Math.max(left, right);
    };
  }

  private static double ofCall(JsonNode call) {
    List<String> names = Nodes.names(call.path("funcname"));
    JsonNode arguments = call.path("args");
    double first = of(arguments.path(0));
    double second = of(arguments.path(1));
    return switch (names.isEmpty() ? "" : names.getLast()) {
      case "power", "pow" -> Math.pow(Math.max(first, 1), second);
      case "exp" -> Math.exp(first);
      case "factorial" -> first > 170 ? Double.POSITIVE_INFINITY : Math.pow(first, first);
      default -> largestIn(call.path("args"));
    };
  }

  private static double largestIn(JsonNode node) {
    double largest = 0;
    for (JsonNode child : node) {
      largest = Math.max(largest, child.isContainerNode() ? ofAny(child) : 0);
    }
    return largest;
  }

  private static double ofAny(JsonNode node) {
    return Nodes.type(node).isEmpty() ? largestIn(node) : of(node);
  }
}
