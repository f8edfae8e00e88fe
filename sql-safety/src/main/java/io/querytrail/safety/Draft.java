package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that will be approved if a statement is what it looks like: schemas before its relations
 * and the row cap around it, written before anything is parsed. The draft's own tree is judged, so
 * one parse is enough. Nothing rests on the guesses: where the tree does not bear them out, the
 * statement is judged step by step.
 */
final class Draft {
  private static final int MAX_LIMIT_CHARACTERS = 48;
  private static final Pattern OWN_LIMIT =
      Pattern.compile(
          "\\bLIMIT\\s+(\\d{1,9})(?:\\s+OFFSET\\s+\\d{1,9})?$", Pattern.CASE_INSENSITIVE);

  private final String sql;
  private final boolean wrapped;
  private final int rowCap;
  private final Map<Integer, String> insertions;

  private Draft(String sql, boolean wrapped, int rowCap, Map<Integer, String> insertions) {
    this.sql = sql;
    this.wrapped = wrapped;
    this.rowCap = rowCap;
    this.insertions = insertions;
  }

  /** Nothing for a text that no guess is made of. */
  static Optional<Draft> of(SqlText text, SafetyPolicy policy, DatabaseSchema schema) {
    byte[] utf8 = text.utf8();
    int start = 0;
    int end = utf8.length;
    while (start < end && utf8[start] >= 0 && utf8[start] <= ' ') {
      start++;
    }
    end = endOfStatement(utf8, start);
    if (end < 0) {
      return Optional.empty();
    }
    var qualified = new QualifiedText(utf8, start);
    var schemas = new ArrayList<String>();
    new RelationGuesses(
            utf8,
            start,
            end,
            name -> policy.schemaOfVisible(name, schema),
            (offset, schemaName) -> {
              qualified.qualify(offset, schemaName);
              schemas.add(schemaName);
            })
        .scan();
    String inner = qualified.upTo(end);
    boolean wrap = !looksCapped(inner, policy.rowCap());
    int shift = wrap ? ApprovedText.WRAP_BEFORE.length() : 0;
    var insertions = new HashMap<Integer, String>();
    for (int i = 0; i < schemas.size(); i++) {
      insertions.put(qualified.insertedAt().get(i) + shift, schemas.get(i));
    }
    String sql = wrap ? ApprovedText.wrapped(inner, policy.rowCap()) : inner;
    return Optional.of(new Draft(sql, wrap, policy.rowCap(), insertions));
  }

  /** Without the semicolon and blanks at the end; -1 if it may be part of a comment. */
  private static int endOfStatement(byte[] utf8, int start) {
    int end = endOfText(utf8, start, utf8.length);
    if (end == start || utf8[end - 1] != ';') {
      return end;
    }
    for (int i = start; i + 1 < end; i++) {
      if (utf8[i] == '-' && utf8[i + 1] == '-' || utf8[i] == '/' && utf8[i + 1] == '*') {
        return -1;
      }
    }
    return endOfText(utf8, start, end - 1);
  }

  private static int endOfText(byte[] utf8, int start, int before) {
    int end = before;
    while (end > start && utf8[end - 1] >= 0 && utf8[end - 1] <= ' ') {
      end--;
    }
    return end;
  }

  private static boolean looksCapped(String inner, int rowCap) {
    Matcher matcher =
        OWN_LIMIT.matcher(inner.substring(Math.max(0, inner.length() - MAX_LIMIT_CHARACTERS)));
    return matcher.find() && Integer.parseInt(matcher.group(1)) <= rowCap;
  }

  String sql() {
    return sql;
  }

  /** The offsets in bytes at which a schema stands that the statement's author did not write. */
  Set<Integer> insertedAt() {
    return insertions.keySet();
  }

  /** The query that the author wrote, if this tree is that of the draft. */
  Optional<JsonNode> query(JsonNode tree) {
    JsonNode statements = tree.path("stmts");
    JsonNode statement = statements.path(0);
    JsonNode select = statement.path("stmt").path("SelectStmt");
    boolean isWholeText =
        statements.size() == 1
            && statement.path("stmt_location").asInt(0) == 0
            && statement.path("stmt_len").asInt(0) == 0;
    if (!isWholeText || select.isMissingNode()) {
      return Optional.empty();
    }
    return wrapped ? ApprovedText.insideOfWrapper(select, rowCap) : Optional.of(select);
  }

  /** Whether the statement, judged as its author wrote it, needs the schemas that were guessed. */
  boolean isConfirmed(JsonNode query, Map<JsonNode, String> qualifications) {
    if (RowLimits.capsItself(query, rowCap) == wrapped) {
      return false;
    }
    var confirmed = new HashSet<Integer>();
    for (var qualification : qualifications.entrySet()) {
      int location = qualification.getKey().path("location").asInt(-1);
      if (!qualification.getValue().equals(insertions.get(location))) {
        return false;
      }
      confirmed.add(location);
    }
    return confirmed.size() == insertions.size();
  }
}
