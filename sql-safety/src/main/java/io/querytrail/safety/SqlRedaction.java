package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the constants out of statements: each that the parse tree has is found in the text, and
 * others are written in their place. Comments go, too. The result is parsed again, and its tree
 * must be the first one with just these changes. Not thread-safe: keep one per thread.
 */
public final class SqlRedaction {
  /** What stands for a constant; what is asked is as the statement writes it. */
  public interface Substitute {
    /** Without quotes; letters and digits, or {@code ?}. */
    String text(String literal);

    /** Digits. */
    String number(String literal);
  }

  /**
   * A statement without its constants.
   *
   * @param literals what was taken out, as it was written
   */
  public record Redacted(String sql, List<String> literals) {
    public Redacted {
      literals = List.copyOf(literals);
    }
  }

  private static final String CONSTANT = "A_Const";
  private static final Set<String> PLACES =
      Set.of("location", "name_location", "stmt_location", "stmt_len", "list_start", "list_end");

  private final PgParser parser = PgParser.create();

  public SqlRedaction() {}

  /**
   * The statement without its constants; nothing where it does not parse, is no query, or has a
   * constant that cannot be found for sure.
   */
  public Optional<Redacted> redact(String sql, Substitute substitute) {
    if (!(parser.parse(sql) instanceof ParseResult.Parsed(JsonNode tree)) || !isQueries(tree)) {
      return Optional.empty();
    }
    byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
    NavigableMap<Integer, SqlLiteral> literals = new TreeMap<>();
    collect(tree, utf8, literals);
    List<String> taken = new ArrayList<>();
    String text = write(utf8, literals, substitute, taken);
    return text != null
            && parser.parse(text) instanceof ParseResult.Parsed(JsonNode written)
            && same(tree, written)
        ? Optional.of(new Redacted(text, taken))
        : Optional.empty();
  }

  private static boolean isQueries(JsonNode tree) {
    for (JsonNode statement : tree.path("stmts")) {
      if (!Nodes.is(statement.path("stmt"), "SelectStmt")) {
        return false;
      }
    }
    return !tree.path("stmts").isEmpty();
  }

  private static void collect(
      JsonNode node, byte[] utf8, NavigableMap<Integer, SqlLiteral> literals) {
    JsonNode constant = node.path(CONSTANT);
    if (constant.has("ival")
        || constant.has("fval")
        || constant.has("sval")
        || constant.has("bsval")) {
      SqlLiteral.at(utf8, constant.path("location").asInt(0))
          .ifPresent(literal -> literals.put(literal.start(), literal));
    }
    node.forEach(below -> collect(below, utf8, literals));
  }

  /** Null where something looks like a constant that the tree does not tell of. */
  private static @Nullable String write(
      byte[] utf8,
      NavigableMap<Integer, SqlLiteral> literals,
      Substitute substitute,
      List<String> taken) {
    var out = new ByteArrayOutputStream(utf8.length);
    int at = 0;
    while (at < utf8.length) {
      SqlLiteral literal = literals.get(at);
      int c = utf8[at];
      int next = at + 1 < utf8.length ? utf8[at + 1] : -1;
      if (literal != null) {
        String written = new String(utf8, at, literal.end() - at, StandardCharsets.UTF_8);
        taken.add(written);
        out.writeBytes(standIn(literal, written, substitute).getBytes(StandardCharsets.UTF_8));
        at = literal.end();
      } else if (c == '\'' || c == '$' && !isWord(utf8, at - 1) && !isDigit(next)) {
        return null;
      } else if (c == '-' && next == '-') {
        at = endOfLine(utf8, at);
      } else if (c == '/' && next == '*') {
        at = endOfComment(utf8, at);
        out.write(' ');
      } else if (c == '"') {
        int end = endOfName(utf8, at);
        out.write(utf8, at, end - at);
        at = end;
      } else {
        out.write(c);
        at++;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String standIn(SqlLiteral literal, String written, Substitute substitute) {
    return switch (literal.kind()) {
      case TEXT -> '\'' + substitute.text(written) + '\'';
      case BITS -> "B'0'";
      case NUMBER -> substitute.number(written);
    };
  }

  private static boolean isWord(byte[] utf8, int at) {
    return at >= 0 && SqlLiteral.isWord(utf8[at] & 0xFF);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static int endOfLine(byte[] utf8, int start) {
    int at = start;
    while (at < utf8.length && utf8[at] != '\n' && utf8[at] != '\r') {
      at++;
    }
    return at;
  }

  private static int endOfComment(byte[] utf8, int start) {
    int depth = 0;
    int at = start;
    while (at + 1 < utf8.length) {
      if (utf8[at] == '/' && utf8[at + 1] == '*') {
        depth++;
        at += 2;
      } else if (utf8[at] == '*' && utf8[at + 1] == '/') {
        depth--;
        at += 2;
        if (depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return utf8.length;
  }

  private static int endOfName(byte[] utf8, int start) {
    int at = start + 1;
    while (at < utf8.length && (utf8[at] != '"' || at + 1 < utf8.length && utf8[at + 1] == '"')) {
      at += utf8[at] == '"' ? 2 : 1;
    }
    return Math.min(at + 1, utf8.length);
  }

  /** Equal but for places and for the values of constants of one kind. */
  private static boolean same(JsonNode one, JsonNode other) {
    if (one.has(CONSTANT) && other.has(CONSTANT)) {
      return kind(one.path(CONSTANT)).equals(kind(other.path(CONSTANT)));
    }
    if (one.isObject() && other.isObject()) {
      Set<String> fields = fields(one);
      return fields.equals(fields(other))
          && fields.stream().allMatch(field -> same(one.path(field), other.path(field)));
    }
    if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        if (!same(one.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    }
    return one.equals(other);
  }

  private static String kind(JsonNode constant) {
    return constant.has("ival") || constant.has("fval")
        ? "number"
        : constant.has("sval")
            ? "text"
            : constant.has("bsval")
                ? "bits"
                : constant.has("boolval") ? constant.path("boolval").toString() : "null";
  }

  private static Set<String> fields(JsonNode node) {
    Set<String> fields = new HashSet<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!PLACES.contains(field.getKey())) {
        fields.add(field.getKey());
      }
    }
    return fields;
  }
}
