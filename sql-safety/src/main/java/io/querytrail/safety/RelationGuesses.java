package io.querytrail.safety;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses by words alone where a statement names relations without a schema: after FROM, JOIN, or a
 * comma of a FROM clause. Knows enough of the lexer to be right of ordinary statements; what a
 * guess leads to is judged by its parse tree.
 */
final class RelationGuesses {
  interface Relations {
    /** The schema of a relation that is named without one, or null if no such one may be read. */
    @Nullable String schemaOf(String name);
  }

  interface Found {
    void unqualified(int offset, String schema);
  }

  private static final Set<String> ENDS_OF_FROM =
      Set.of(
          "select",
          "where",
          "group",
          "having",
          "window",
          "order",
          "limit",
          "offset",
          "fetch",
          "union",
          "intersect",
          "except",
          "for");

  /**
   * Where a bracket was opened.
   *
   * @param inFrom whether the FROM clause around it goes on after it
   * @param commonTable name of the query of WITH that is in it, or empty
   */
  private record Level(boolean inFrom, String nameBefore, String commonTable) {}

  private final byte[] utf8;
  private final int end;
  private final Relations relations;
  private final Found found;
  private final Deque<Level> outer = new ArrayDeque<>();
  private final Set<String> commonTables = new HashSet<>();
  private int at;
  private boolean inFrom;
  private boolean expectsRelation;
  private String lastName = "";
  private String commonTable = "";

  RelationGuesses(byte[] utf8, int start, int end, Relations relations, Found found) {
    this.utf8 = utf8;
    this.at = start;
    this.end = end;
    this.relations = relations;
    this.found = found;
  }

  void scan() {
    while (at < end) {
      byte character = utf8[at];
      if (isBlank(character)) {
        at++;
      } else if (isWordStart(character)) {
        word();
      } else if (character == '"') {
        quotedName();
      } else {
        symbol(character);
      }
    }
  }

  private void word() {
    int start = at;
    while (at < end && isWordPart(utf8[at])) {
      at++;
    }
    String word =
        new String(utf8, start, at - start, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    switch (word) {
      case "from" -> {
        inFrom = true;
        expectsRelation = true;
      }
      case "join" -> expectsRelation = true;
      case "as" -> {
        if (opensQuery()) {
          commonTable = lastName;
        }
        expectsRelation = false;
      }
      case "e" -> {
        if (at < end && utf8[at] == '\'') {
          skipText(true);
        } else {
          name(start, word);
        }
      }
      default -> {
        if (ENDS_OF_FROM.contains(word)) {
          inFrom = false;
          expectsRelation = false;
        } else {
          name(start, word);
        }
      }
    }
  }

  /** After AS: the bracket of a query of WITH, with or without [NOT] MATERIALIZED. */
  private boolean opensQuery() {
    int next = afterBlanks(at);
    return next < end && (utf8[next] == '(' || isWord(next, "materialized") || isWord(next, "not"));
  }

  private boolean isWord(int from, String lowerCase) {
    int after = from + lowerCase.length();
    if (after >= end || !isBlank(utf8[after]) && utf8[after] != '(') {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if ((utf8[from + i] | 0x20) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void quotedName() {
    int start = at;
    var name = new StringBuilder();
    int from = ++at;
    while (at < end && !(utf8[at] == '"' && (at + 1 >= end || utf8[at + 1] != '"'))) {
      if (utf8[at] == '"') {
        name.append(new String(utf8, from, at + 1 - from, StandardCharsets.UTF_8));
        from = at + 2;
        at++;
      }
      at++;
    }
    name.append(new String(utf8, from, Math.max(0, at - from), StandardCharsets.UTF_8));
    at++;
    name(start, name.toString());
  }

  private void name(int start, String name) {
    if (expectsRelation) {
      int next = afterBlanks(at);
      boolean plain = next >= end || (utf8[next] != '.' && utf8[next] != '(');
      String schema = plain && !commonTables.contains(name) ? relations.schemaOf(name) : null;
      if (schema != null) {
        found.unqualified(start, schema);
      }
      expectsRelation = false;
    }
    lastName = name;
  }

  private void symbol(byte character) {
    at++;
    switch (character) {
      case '(' -> {
        outer.push(new Level(inFrom, lastName, commonTable));
        commonTable = "";
        inFrom = false; // but a relation is still expected in FROM (a JOIN b ...)
      }
      case ')' -> {
        if (!outer.isEmpty()) {
          Level level = outer.pop();
          inFrom = level.inFrom();
          lastName = level.nameBefore();
          commonTables.add(level.commonTable());
        }
        expectsRelation = false;
      }
      case ',' -> expectsRelation = inFrom;
      case '\'' -> {
        at--;
        skipText(false);
      }
      case '-' -> {
        if (at < end && utf8[at] == '-') {
          skipLine();
        } else {
          expectsRelation = false;
        }
      }
      case '/' -> {
        if (at < end && utf8[at] == '*') {
          skipComment();
        } else {
          expectsRelation = false;
        }
      }
      default -> expectsRelation = false;
    }
  }

  private void skipText(boolean backslashEscapes) {
    for (at++; at < end && utf8[at] != '\''; at++) {
      if (backslashEscapes && utf8[at] == '\\') {
        at++;
      }
    }
    at++; // a doubled quote begins what looks like another text, which is as good
    expectsRelation = false;
  }

  private void skipLine() {
    while (at < end && utf8[at] != '\n') {
      at++;
    }
  }

  private void skipComment() {
    while (at + 1 < end && !(utf8[at] == '*' && utf8[at + 1] == '/')) {
      at++;
    }
    at += 2;
  }

  private int afterBlanks(int from) {
    int next = from;
    while (next < end && isBlank(utf8[next])) {
      next++;
    }
    return next;
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || character == '\n' || character == '\t' || character == '\r';
  }

  private static boolean isWordStart(byte character) {
    return character < 0
        || character >= 'a' && character <= 'z'
        || character >= 'A' && character <= 'Z'
        || character == '_';
  }

  private static boolean isWordPart(byte character) {
    return isWordStart(character) || character >= '0' && character <= '9' || character == '$';
  }
}
