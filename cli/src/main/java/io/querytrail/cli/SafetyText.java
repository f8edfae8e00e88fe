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
    int columns = 0;
    for (int i = from; i < to; i++) {
      int shown = visible(characters[i]);
      text.appendCodePoint(shown);
      columns += i < at ? width(shown) : 0;
    }
    text.append("\n  ").repeat(" ", columns).append("^\n");
  }

  /** What moves the cursor of a terminal by other than the columns that {@link #width} tells. */
  private static int visible(int character) {
    return character < ' ' || Character.getType(character) == Character.FORMAT ? ' ' : character;
  }

  /** The columns that a terminal takes for a character. */
  private static int width(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
      default -> isWide(character) ? 2 : 1;
    };
  }

  /** Chinese, Japanese, Korean, full-width forms and emoji: East Asian Width W and F of Unicode. */
  private static boolean isWide(int character) {
    return character >= 0x1100 && character <= 0x115f
        || character >= 0x2e80 && character <= 0xa4cf && character != 0x303f
        || character >= 0xa960 && character <= 0xa97f
        || character >= 0xac00 && character <= 0xd7a3
        || character >= 0xf900 && character <= 0xfaff
        || character >= 0xfe30 && character <= 0xfe6f
        || character >= 0xff00 && character <= 0xff60
        || character >= 0xffe0 && character <= 0xffe6
        || character >= 0x1f300 && character <= 0x1f64f
        || character >= 0x1f900 && character <= 0x1f9ff
        || character >= 0x20000 && character <= 0x3fffd;
  }
}
