package io.querytrail.generator.prompt;

import io.querytrail.generator.model.TokenCounter;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import java.util.LinkedHashMap;
import java.util.Map;

/** The lines of a schema with what each counts, made once and used for every question. */
record RenderedSchema(Map<RelationName, Line> lines, int tokens) {
  record Line(Relation relation, String text, int tokens) {}

  static RenderedSchema of(DatabaseSchema schema, TokenCounter counter) {
    Map<RelationName, Line> lines = new LinkedHashMap<>();
    int tokens = 0;
    for (Relation relation : schema.relations()) {
      String text = RelationText.of(relation);
      int count = counter.count(text);
      lines.put(relation.name(), new Line(relation, text, count));
      tokens += count;
    }
    return new RenderedSchema(lines, tokens);
  }
}
