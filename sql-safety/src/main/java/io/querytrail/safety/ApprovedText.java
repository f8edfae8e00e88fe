package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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
    String sql =
        wrap ? "SELECT * FROM (\n" + qualified + "\n) AS " + ALIAS + " LIMIT " + rowCap : qualified;
    if (!(parser.parse(sql) instanceof ParseResult.Parsed(JsonNode tree))
        || tree.path("stmts").size() != 1) {
      return Optional.empty();
    }
    JsonNode written = tree.path("stmts").get(0).path("stmt").path("SelectStmt");
    boolean same = wrap ? isWrapped(written, select) : sameTree(select, written);
    return same ? Optional.of(sql) : Optional.empty();
  }

  private String qualifiedText() {
    byte[] utf8 = text.utf8();
    int start = statement.path("stmt_location").asInt(0);
    int length = statement.path("stmt_len").asInt(0);
    int end = length == 0 ? utf8.length : start + length;
    var out = new ByteArrayOutputStream();
    int written = start;
    var insertions =
        qualifications.entrySet().stream()
            .sorted(Comparator.comparingInt(entry -> locationOf(entry.getKey())))
            .toList();
    for (var insertion : insertions) {
      int at = locationOf(insertion.getKey());
      out.write(utf8, written, at - written);
      if (at > 0 && Character.isLetterOrDigit(utf8[at - 1])) {
        out.write(' '); // FROM"orders" needs no space, FROM shop."orders" does
      }
      out.writeBytes(
          (Identifiers.quoted(insertion.getValue()) + ".").getBytes(StandardCharsets.UTF_8));
      written = at;
    }
    out.write(utf8, written, end - written);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static int locationOf(JsonNode node) {
    return node.path("location").asInt(0);
  }

  private boolean isWrapped(JsonNode outer, JsonNode judged) {
    JsonNode star = outer.at("/targetList/0/ResTarget/val/ColumnRef/fields/0");
    JsonNode from = outer.at("/fromClause/0/RangeSubselect");
    return outer.path("targetList").size() == 1
        && star.has("A_Star")
        && outer.path("fromClause").size() == 1
        && from.path("alias").path("aliasname").asText().equals(ALIAS)
        && Nodes.wholeNumber(outer.path("limitCount")).orElse(-1) == rowCap
        && WRAPPER_FIELDS.containsAll(fieldNames(outer))
        && sameTree(judged, from.path("subquery").path("SelectStmt"));
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
