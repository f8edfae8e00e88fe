package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many rows generate_series makes, where its bounds are constants. */
final class SeriesLength {
  private static final Pattern DATE_TIME =
      Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:[ T](\\d{2}:\\d{2})(:\\d{2})?.*)?");
  private static final Pattern STEP =
      Pattern.compile(
          "\\s*(\\d+(?:\\.\\d+)?)?\\s*(microsecond|millisecond|second|sec|minute|min|hour|day|week"
              + "|month|mon|year)s?\\s*");

  private static final Pattern TINY_UNIT =
      Pattern.compile("sec|milli|micro|\\b[um]s\\b|\\ds\\b|\\bs\\b|\\.");
  private static final Pattern COARSE_UNIT =
      Pattern.compile("min|hour|day|week|mon|year|decade|century|[1-9]\\d*\\s*[mhdwy]\\b");

  private SeriesLength() {}

  static OptionalDouble of(JsonNode arguments) {
    var from = Nodes.wholeNumber(arguments.path(0));
    var to = Nodes.wholeNumber(arguments.path(1));
    if (from.isPresent() && to.isPresent()) {
      double step = arguments.size() > 2 ? Magnitude.of(arguments.path(2)) : 1;
      boolean known = arguments.size() < 3 || Nodes.wholeNumber(arguments.path(2)).isPresent();
      double distance = Math.abs((double) to.getAsLong() - (double) from.getAsLong());
      return known && step > 0 ? OptionalDouble.of(distance / step) : OptionalDouble.empty();
    }
    Optional<LocalDateTime> start = dateTime(arguments.path(0));
    Optional<LocalDateTime> end = dateTime(arguments.path(1));
    double seconds = stepSeconds(arguments.path(2));
    if (start.isEmpty() || end.isEmpty() || seconds <= 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        Math.abs(Duration.between(start.get(), end.get()).toSeconds()) / seconds);
  }

  /** How many rows the series of a FROM clause make together, as far as each is known. */
  static double together(JsonNode fromClause) {
    double rows = 1;
    for (JsonNode entry : fromClause) {
      rows *= rowsOf(entry);
    }
    return rows;
  }

  private static double rowsOf(JsonNode entry) {
    if (Nodes.is(entry, "JoinExpr")) {
      JsonNode join = entry.path("JoinExpr");
      return rowsOf(join.path("larg")) * rowsOf(join.path("rarg"));
    }
    double rows = 1;
    for (JsonNode item : entry.path("RangeFunction").path("functions")) {
      JsonNode call = item.path("List").path("items").path(0).path("FuncCall");
      List<String> names = Nodes.names(call.path("funcname"));
      if (!names.isEmpty() && names.getLast().equals("generate_series")) {
        rows = Math.max(rows, of(call.path("args")).orElse(1));
      }
    }
    return rows;
  }

  /** A step in text that is not clearly a minute or more. */
  static boolean hasTinyStep(JsonNode arguments) {
    String step = textIn(arguments.path(2)).toLowerCase(Locale.ROOT);
    return !step.isEmpty() && (TINY_UNIT.matcher(step).find() || !COARSE_UNIT.matcher(step).find());
  }

  private static Optional<LocalDateTime> dateTime(JsonNode wrapped) {
    Matcher matcher = DATE_TIME.matcher(textIn(wrapped));
    if (Nodes.is(wrapped, "A_Expr") || !matcher.matches()) {
      return Optional.empty();
    }
    try {
      var date = LocalDate.parse(matcher.group(1));
      return Optional.of(
          matcher.group(2) == null
              ? date.atStartOfDay()
              : LocalDateTime.parse(matcher.group(1) + "T" + matcher.group(2)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static double stepSeconds(JsonNode wrapped) {
    Matcher matcher = STEP.matcher(textIn(wrapped).toLowerCase(Locale.ROOT));
    if (Nodes.is(wrapped, "A_Expr") || !matcher.matches()) {
      return 0;
    }
    double count = matcher.group(1) == null ? 1 : Double.parseDouble(matcher.group(1));
    return count
        * switch (matcher.group(2)) {
          case "microsecond" -> 1e-6;
          case "millisecond" -> 1e-3;
          case "second", "sec" -> 1;
          case "minute", "min" -> 60;
          case "hour" -> 3_600;
          case "day" -> 86_400;
          case "week" -> 604_800;
          case "month", "mon" -> 2_592_000;
          default -> 31_536_000;
        };
  }

  /** The one text constant of an expression, also behind casts. */
  private static String textIn(JsonNode wrapped) {
    JsonNode value = wrapped.findValue("sval");
    return value == null ? "" : value.path("sval").asText("");
  }
}
