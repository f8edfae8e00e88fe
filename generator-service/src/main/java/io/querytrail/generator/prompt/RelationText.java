package io.querytrail.generator.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import java.util.List;

/**
 * A relation as one line of JSON: whatever names and comments hold, they stay inside of their
 * quotes.
 */
final class RelationText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RelationText() {}

  static String of(Relation relation) {
    ObjectNode node = JSON.createObjectNode();
    node.put("relation", relation.name().toString());
    node.put("kind", relation.kind().words());
    if (relation.rowEstimate() != null) {
      node.put("rows", relation.rowEstimate());
    }
    if (relation.comment() != null) {
      node.put("comment", relation.comment());
    }
    ObjectNode columns = node.putObject("columns");
    relation.columns().forEach(column -> columns.put(column.name(), description(column)));
    if (!relation.primaryKey().isEmpty()) {
      names(node.putArray("primaryKey"), relation.primaryKey());
    }
    if (!relation.uniques().isEmpty()) {
      ArrayNode uniques = node.putArray("unique");
      relation.uniques().forEach(unique -> names(uniques.addArray(), unique));
    }
    if (!relation.foreignKeys().isEmpty()) {
      ArrayNode keys = node.putArray("foreignKeys");
      relation.foreignKeys().forEach(key -> keys.add(description(key)));
    }
    if (!relation.checks().isEmpty()) {
      names(node.putArray("checks"), relation.checks());
    }
    if (!relation.indexes().isEmpty()) {
      names(node.putArray("indexes"), relation.indexes());
    }
    return line(node);
  }

  /** One line for any data, with the line's end. */
  static String line(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts always prints", e);
    }
  }

  private static String description(Column column) {
    StringBuilder text = new StringBuilder(column.type());
    if (column.notNull()) {
      text.append(" not null");
    }
    if (column.defaultValue() != null) {
      text.append(" default ").append(column.defaultValue());
    }
    if (!column.enumLabels().isEmpty()) {
      text.append(" one of '").append(String.join("', '", column.enumLabels())).append('\'');
    }
    if (!column.values().isEmpty()) {
      text.append(" such as '").append(String.join("', '", column.values())).append('\'');
    }
    if (column.comment() != null) {
      text.append(" -- ").append(column.comment());
    }
    return text.toString();
  }

  private static String description(ForeignKey key) {
    return "(%s) references %s (%s)"
        .formatted(
            String.join(", ", key.columns()), key.target(), String.join(", ", key.targetColumns()));
  }

  private static void names(ArrayNode array, List<String> names) {
    names.forEach(array::add);
  }
}
