package io.querytrail.generator.check;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a statement, for the model that wrote it. All of it is data: names and
 * literals of the statement may be quoted in it.
 *
 * @param code SQLSTATE, or the id of a rule
 * @param hint what might help; null where PostgreSQL has none
 * @param near the statement's text from the position of the problem on, shortened; null where it is
 *     not known
 */
public record Problem(String code, String message, @Nullable String hint, @Nullable String near) {
  private static final int MAX_TEXT = 500;
  private static final int MAX_NEAR = 80;

  /** Rules, and PostgreSQL's codes for relations, columns, schemas and types. */
  private static final Set<String> UNKNOWN_NAMES =
      Set.of("RELATION_NOT_ALLOWED", "COLUMN_UNKNOWN", "42P01", "42703", "3F000", "42704");

  public Problem {
    message = cut(message, MAX_TEXT);
    hint = hint == null ? null : cut(hint, MAX_TEXT);
  }

  /**
   * One at a position.
   *
   * @param position in characters, from 1 as PostgreSQL counts; 0 or less where it is not known
   */
  public static Problem at(
      int position, String sql, String code, String message, @Nullable String hint) {
    return new Problem(code, message, hint, near(position, sql));
  }

  /** Whether it may come of a schema that changed since it was read. */
  public boolean isOfUnknownName() {
    return UNKNOWN_NAMES.contains(code);
  }

  private static @Nullable String near(int position, String sql) {
    if (position < 1 || position > sql.codePointCount(0, sql.length())) {
      return null;
    }
    return cut(sql.substring(sql.offsetByCodePoints(0, position - 1)), MAX_NEAR);
  }

  private static String cut(String text, int max) {
    return text.codePointCount(0, text.length()) <= max
        ? text
        : text.substring(0, text.offsetByCodePoints(0, max));
  }
}
