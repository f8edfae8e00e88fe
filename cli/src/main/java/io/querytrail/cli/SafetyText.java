package io.querytrail.cli;

import io.querytrail.safety.SafetyVerdict;
import io.querytrail.safety.Violation;
import java.util.List;
import java.util.Locale;

/** A safety verdict for people: each violation under the place that it is about. */
final class SafetyText {
  private static final int MAX_WIDTH = 100;

  private SafetyText() {}

  static boolean isApproved(SafetyVerdict verdict) {
    return verdict instanceof SafetyVerdict.Approved;
  }

  static String of(String sql, SafetyVerdict verdict) {
    var text = new StringBuilder();
    switch (verdict) {
      case SafetyVerdict.Approved approved -> {
        text.append("approved\n\n");
        violations(text, sql, approved.warnings());
        text.append("reads    ").append(orNothing(approved.relations())).append('\n');
        text.append("columns  ").append(orNothing(approved.columns())).append('\n');
        text.append("rows     at most ").append(approved.rowCap()).append("\n\n");
        text.append(approved.sql()).append('\n');
      }
      case SafetyVerdict.Rejected rejected -> {
        text.append("rejected\n\n");
        violations(text, sql, rejected.violations());
      }
    }
    return text.toString();
  }

  private static String orNothing(List<String> names) {
    return names.isEmpty() ? "nothing" : String.join(", ", names);
  }

  private static void violations(StringBuilder text, String sql, List<Violation> violations) {
    for (Violation violation : violations) {
      text.append(violation.rule())
          .append(" (")
          .append(violation.severity().name().toLowerCase(Locale.ROOT))
          .append("): ")
          .append(violation.message())
          .append('\n');
      violation.position().ifPresent(position -> pointAt(text, sql, position));
      text.append('\n');
    }
  }

  /** The line of the statement with a caret under the character; a long line is cut around it. */
  private static void pointAt(StringBuilder text, String sql, int position) {
    int[] characters = sql.codePoints().toArray();
    int at = Math.min(position - 1, characters.length);
    int start = at;
    while (start > 0 && characters[start - 1] != '\n') {
      start--;
    }
    int end = at;
    while (end < characters.length && characters[end] != '\n') {
      end++;
    }
    int from = Math.max(start, Math.min(at - MAX_WIDTH / 2, end - MAX_WIDTH));
    int to = Math.min(end, from + MAX_WIDTH);
    text.append("  ");
    for (int i = from; i < to; i++) {
      text.appendCodePoint(visible(characters[i]));
    }
    text.append("\n  ").repeat(" ", at - from).append("^\n");
  }

  /** One column on the terminal for each, so that the caret stands right. */
  private static int visible(int character) {
    return character < ' ' || Character.getType(character) == Character.FORMAT ? ' ' : character;
  }
}
