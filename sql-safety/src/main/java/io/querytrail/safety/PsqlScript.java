package io.querytrail.safety;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts a script for psql into statements as psql does: at semicolons outside of literals, comments,
 * brackets and bodies of SQL functions. psql's own commands are left out, those that send a
 * statement end it.
 */
final class PsqlScript {
  /**
   * @param start where it stands in the script, in UTF-16 units from 0
   * @param copyData the lines after {@code COPY ... FROM STDIN}, otherwise empty
   */
  record Command(String sql, int start, String copyData) {}

  private static final Pattern SENDS =
      Pattern.compile("\\\\(g|gx|gset|gexec|gdesc|crosstabview|watch)\\b.*");
  private static final Pattern COPY_IN = Pattern.compile("(?is)\\s*copy\\s.*\\sfrom\\s+stdin\\b.*");
  private static final Pattern BODY =
      Pattern.compile("(?is).*\\bcreate\\b.*\\b(function|procedure)\\b.*");

  private final String text;
  private final List<Command> commands = new ArrayList<>();
  private final StringBuilder statement = new StringBuilder();
  private int at;
  private int start = -1;
  private int brackets;
  private int bodies;

  private PsqlScript(String text) {
    this.text = text;
  }

  static List<Command> commands(String text) {
    return new PsqlScript(text).read();
  }

  private List<Command> read() {
    while (at < text.length()) {
      char character = text.charAt(at);
      switch (character) {
        case '\'' -> literal(isEscapeLiteral());
        case '"' -> quoted('"');
        case '$' -> dollar();
        case '-' -> lineComment();
        case '/' -> blockComment();
        case '\\' -> backslash();
        case ';' -> semicolon();
        case '(', '[' -> bracket(1);
        case ')', ']' -> bracket(-1);
        default -> word();
      }
    }
    end();
    return commands;
  }

  private void take(int until) {
    int end = Math.min(until, text.length());
    if (start < 0 && !text.substring(at, end).isBlank()) {
      start = at;
    }
    statement.append(text, at, end);
    at = end;
  }

  private boolean isEscapeLiteral() {
    int before = at - 1;
    return before >= 0
        && (text.charAt(before) == 'E' || text.charAt(before) == 'e')
        && (before == 0 || !Character.isLetterOrDigit(text.charAt(before - 1)));
  }

  private void literal(boolean escapes) {
    int end = at + 1;
    while (end < text.length() && text.charAt(end) != '\'') {
      end += escapes && text.charAt(end) == '\\' ? 2 : 1;
    }
    take(end + 1);
  }

  private void quoted(char quote) {
    int end = text.indexOf(quote, at + 1);
    take(end < 0 ? text.length() : end + 1);
  }

  private void dollar() {
    boolean inWord = at > 0 && Character.isLetterOrDigit(text.charAt(at - 1));
    int tagEnd = at + 1;
    while (tagEnd < text.length()
        && (Character.isLetterOrDigit(text.charAt(tagEnd)) || text.charAt(tagEnd) == '_')) {
      tagEnd++;
    }
    boolean opens =
        !inWord
            && tagEnd < text.length()
            && text.charAt(tagEnd) == '$'
            && !Character.isDigit(text.charAt(at + 1));
    if (!opens) {
      take(at + 1);
      return;
    }
    String tag = text.substring(at, tagEnd + 1);
    int end = text.indexOf(tag, tagEnd + 1);
    take(end < 0 ? text.length() : end + tag.length());
  }

  private void lineComment() {
    if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      take(end < 0 ? text.length() : end);
    } else {
      take(at + 1);
    }
  }

  private void blockComment() {
    if (!text.startsWith("/*", at)) {
      take(at + 1);
      return;
    }
    int depth = 1;
    int end = at + 2;
    while (end < text.length() && depth > 0) {
      if (text.startsWith("/*", end)) {
        depth++;
        end += 2;
      } else if (text.startsWith("*/", end)) {
        depth--;
        end += 2;
      } else {
        end++;
      }
    }
    take(end);
  }

  /** A command of psql's: to the end of its line. */
  private void backslash() {
    if (text.startsWith("\\;", at)) {
      at++;
      take(at + 1);
      return;
    }
    int lineEnd = text.indexOf('\n', at);
    int end = lineEnd < 0 ? text.length() : lineEnd;
    String command = text.substring(at, end);
    at = end;
    if (SENDS.matcher(command).matches()) {
      end();
    }
  }

  private void semicolon() {
    if (brackets > 0 || bodies > 0) {
      take(at + 1);
      return;
    }
    at++;
    end();
  }

  private void bracket(int change) {
    brackets = Math.max(0, brackets + change);
    take(at + 1);
  }

  private void word() {
    int end = at;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    String word = text.substring(at, end).toUpperCase(Locale.ROOT);
    boolean opens = word.equals("ATOMIC") || (bodies > 0 && word.equals("CASE"));
    if (opens && BODY.matcher(statement).matches()) {
      bodies++;
    } else if (bodies > 0 && word.equals("END")) {
      bodies--;
    }
    take(Math.max(end, at + 1));
  }

  private void end() {
    brackets = 0;
    bodies = 0;
    String sql = statement.toString().strip();
    statement.setLength(0);
    if (!sql.isEmpty()) {
      String data = COPY_IN.matcher(sql).matches() ? copyData() : "";
      commands.add(new Command(sql, start, data));
    }
    start = -1;
  }

  private String copyData() {
    int start = text.indexOf('\n', at) + 1;
    int end = text.indexOf("\n\\.", start - 1);
    if (start == 0 || end < 0) {
      return "";
    }
    at = text.indexOf('\n', end + 1) < 0 ? text.length() : text.indexOf('\n', end + 1);
    return end < start ? "" : text.substring(start, end + 1);
  }
}
