package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the statement that is approved: the judged one with schemas before its relations and, if
 * it does not cap its rows itself, a LIMIT around it. The text is parsed again, and its tree must
 * be the judged tree with just these changes.
 */
final class ApprovedText {
  static final String WRAP_BEFORE = "SELECT * FROM (\n";
  private static final String ALIAS = "q";

  private final PgParser parser;
  private final SqlText text;
  private final JsonNode statement;
  private final Map<JsonNode, String> qualifications;
  private final int rowCap;

  /**
   * @param statement the element of {@code stmts} that was judged
   */
  ApprovedText(
      PgParser parser,
      SqlText text,
      JsonNode statement,
      Map<JsonNode, String> qualifications,
      int rowCap) {
    this.parser = parser;
    this.text = text;
    this.statement = statement;
    this.qualifications = qualifications;
    this.rowCap = rowCap;
  }

  /** The text, or nothing if it does not mean what was judged. */
  Optional<String> write() {
    JsonNode select = statement.path("stmt").path("SelectStmt");
    String qualified = qualifiedText().strip();
    boolean wrap = !RowLimits.capsItself(select, rowCap);
    String sql = wrap ? wrapped(qualified, rowCap) : qualified;
    if (!(parser.parse(sql) instanceof ParseResult.Parsed(JsonNode tree))
        || tree.path("stmts").size() != 1) {
      return Optional.empty();
    }
    JsonNode written = tree.path("stmts").get(0).path("stmt").path("SelectStmt");
    boolean same =
        wrap
            ? insideOfWrapper(written, rowCap).filter(inner -> sameTree(select, inner)).isPresent()
            : sameTree(select, written);
    return same ? Optional.of(sql) : Optional.empty();
  }

  private String qualifiedText() {
    byte[] utf8 = text.utf8();
    int start = statement.path("stmt_location").asInt(0);
    int length = statement.path("stmt_len").asInt(0);
    int end = length == 0 ? utf8.length : start + length;
    var qualified = new QualifiedText(utf8, start);
    qualifications.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> locationOf(entry.getKey())))
        .forEach(entry -> qualified.qualify(locationOf(entry.getKey()), entry.getValue()));
    return qualified.upTo(end);
  }

  private static int locationOf(JsonNode node) {
    return node.path("location").asInt(0);
  }

  static String wrapped(String query, int rowCap) {
    return WRAP_BEFORE + query + "\n) AS " + ALIAS + " LIMIT " + rowCap;
  }

  /** The query in the brackets, if a statement is what {@link #wrapped} writes and no more. */
  static Optional<JsonNode> insideOfWrapper(JsonNode outer, int rowCap) {
    JsonNode targets = outer.path("targetList");
    JsonNode fields =
        targets.path(0).path("ResTarget").path("val").path("ColumnRef").path("fields");
    JsonNode from = outer.path("fromClause").path(0).path("RangeSubselect");
    JsonNode alias = from.path("alias");
    JsonNode inner = from.path("subquery").path("SelectStmt");
    boolean isWrapper =
        targets.size() == 1
            && fields.size() == 1
            && fields.path(0).has("A_Star")
            && outer.path("fromClause").size() == 1
            && from.size() == 2
            && alias.size() == 1
            && alias.path("aliasname").asText().equals(ALIAS)
            && Nodes.wholeNumber(outer.path("limitCount")).orElse(-1) == rowCap
            && WRAPPER_FIELDS.containsAll(fieldNames(outer))
            && !inner.isMissingNode();
    return isWrapper ? Optional.of(inner) : Optional.empty();
  }

  private static final java.util.Set<String> WRAPPER_FIELDS =
      java.util.Set.of("targetList", "fromClause", "limitCount", "limitOption", "op");

  private static java.util.List<String> fieldNames(JsonNode node) {
    var names = new java.util.ArrayList<String>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Equal but for locations and for the schemas that were written before names. */
  private boolean sameTree(JsonNode judged, JsonNode written) {
    if (judged.isArray()) {
      return written.isArray() && judged.size() == written.size() && sameElements(judged, written);
    }
    if (!judged.isObject()) {
      return judged.equals(written);
    }
    String schema = qualifications.get(judged);
    int extra = 0;
    if (schema != null) {
      if (judged.has("relname")) {
        if (!written.path("schemaname").asText().equals(schema)) {
          return false;
        }
        extra = 1;
      } else {
        return sameQualifiedName(judged, written, schema);
      }
    }
    return fieldsWithoutLocations(judged) + extra == fieldsWithoutLocations(written)
        && sameFields(judged, written, "");
  }

  private boolean sameElements(JsonNode judged, JsonNode written) {
    for (int i = 0; i < judged.size(); i++) {
      if (!sameTree(judged.get(i), written.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** A type or a function, whose name is a list of parts. */
  private boolean sameQualifiedName(JsonNode judged, JsonNode written, String schema) {
    String field = judged.has("funcname") ? "funcname" : "names";
    JsonNode newName = written.path(field);
    return newName.size() == 2
        && Nodes.name(newName.get(0)).equals(schema)
        && newName.get(1).equals(judged.path(field).path(0))
        && fieldsWithoutLocations(judged) == fieldsWithoutLocations(written)
        && sameFields(judged, written, field);
  }

  private boolean sameFields(JsonNode judged, JsonNode written, String except) {
    for (Iterator<Map.Entry<String, JsonNode>> fields = judged.fields(); fields.hasNext(); ) {
      var field = fields.next();
      String name = field.getKey();
      if (!isLocation(name)
          && !name.equals(except)
          && !(written.has(name) && sameTree(field.getValue(), written.get(name)))) {
        return false;
      }
    }
    return true;
  }

  private static int fieldsWithoutLocations(JsonNode node) {
    int count = 0;
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      count += isLocation(names.next()) ? 0 : 1;
    }
    return count;
  }

  private static boolean isLocation(String field) {
    return field.equals("location") || field.equals("name_location");
  }
}
