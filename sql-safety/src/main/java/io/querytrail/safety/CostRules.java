package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Stops the few expressions by which a short statement makes a huge value or a huge number of rows
 * from nothing. Advice, not a wall: the wall is the statement timeout of whoever runs it.
 */
final class CostRules {
  private static final double MAX_SERIES_ROWS = 100_000;
  private static final double MAX_JOINED_ROWS = 10_000_000;
  private static final double MAX_TEXT_LENGTH = 10_000;
  private static final double MAX_FACTORIAL = 1_000;
  private static final double MAX_EXPONENT = 1_000;

  /** A width of five digits or more in a format, as of {@code format('%100000s', x)}. */
  private static final Pattern WIDE_FORMAT = Pattern.compile("%(\\d+\\$)?-?\\d{5}");

  private final Judgement judgement;

  CostRules(Judgement judgement) {
    this.judgement = judgement;
  }

  void checkCall(JsonNode call) {
    List<String> names = Nodes.names(call.path("funcname"));
    JsonNode arguments = call.path("args");
    String name = names.isEmpty() ? "" : names.getLast();
    switch (name) {
      case "generate_series" -> checkSeries(call, arguments);
      case "repeat", "lpad", "rpad" -> {
        if (Magnitude.of(arguments.path(1)) > MAX_TEXT_LENGTH || callsItself(name, arguments)) {
          largeValue("%s makes a text of more than 10,000 characters".formatted(name), call);
        }
      }
      case "factorial" -> {
        if (Magnitude.of(arguments.path(0)) > MAX_FACTORIAL) {
          largeValue("factorial of a number above 1,000", call);
        }
      }
      case "exp" -> {
        if (Magnitude.of(arguments.path(0)) > MAX_EXPONENT) {
          largeValue("exp of a number above 1,000", call);
        }
      }
      case "format" -> {
        if (WIDE_FORMAT.matcher(Nodes.textConstant(arguments.path(0))).find()) {
          largeValue("format makes a text of more than 10,000 characters", call);
        }
      }
      case "power", "pow" -> checkPower(call, arguments.path(0), arguments.path(1));
      default -> {}
    }
  }

  void checkOperator(JsonNode expression) {
    if (Nodes.names(expression.path("name")).equals(List.of("^"))) {
      checkPower(expression, expression.path("lexpr"), expression.path("rexpr"));
    }
  }

  private void checkPower(JsonNode node, JsonNode base, JsonNode exponent) {
    if (isPower(base) || isPower(exponent) || Magnitude.of(exponent) > MAX_EXPONENT) {
      largeValue("A power of a power, or an exponent above 1,000", node);
    }
  }

  private static boolean isPower(JsonNode wrapped) {
    JsonNode node = wrapped.path(Nodes.type(wrapped));
    List<String> names =
        Nodes.names(node.has("funcname") ? node.path("funcname") : node.path("name"));
    return !names.isEmpty() && List.of("^", "power", "pow").contains(names.getLast());
  }

  private static boolean callsItself(String name, JsonNode arguments) {
    return arguments.findValues("funcname").stream()
        .anyMatch(inner -> Nodes.names(inner).contains(name));
  }

  private void checkSeries(JsonNode call, JsonNode arguments) {
    var length = SeriesLength.of(arguments);
    boolean tooLong =
        length.isPresent()
            ? length.getAsDouble() > MAX_SERIES_ROWS
            : Magnitude.of(arguments.path(0)) > MAX_SERIES_ROWS
                || Magnitude.of(arguments.path(1)) > MAX_SERIES_ROWS
                || SeriesLength.hasTinyStep(arguments);
    if (tooLong) {
      judgement.report(
          SafetyRule.LARGE_SERIES, "generate_series makes more than 100,000 rows", call);
    }
  }

  /** Series in one FROM multiply each other, each of them short enough or not. */
  void checkSeriesTogether(JsonNode fromClause) {
    double rows = SeriesLength.together(fromClause);
    if (rows > MAX_JOINED_ROWS) {
      judgement.report(
          SafetyRule.LARGE_SERIES,
          "Series that are joined make more than 10,000,000 rows",
          fromClause.path(0).path(Nodes.type(fromClause.path(0))));
    }
  }

  private void largeValue(String message, JsonNode node) {
    judgement.report(SafetyRule.LARGE_VALUE, message, node);
  }
}
