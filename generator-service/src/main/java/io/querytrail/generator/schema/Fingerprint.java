package io.querytrail.generator.schema;

import io.querytrail.generator.digest.TextDigest;
import java.util.List;

/**
 * Digest of relations. Row estimates and values stay out: they change without anybody changing the
 * schema.
 */
final class Fingerprint {
  private final TextDigest digest = new TextDigest();

  private Fingerprint() {}

  static String of(List<Relation> relations) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.digest.count(relations.size());
    relations.forEach(fingerprint::relation);
    return fingerprint.digest.hex();
  }

  private void relation(Relation relation) {
    name(relation.name());
    digest.text(relation.kind().words());
    digest.text(relation.comment());
    digest.count(relation.columns().size());
    relation.columns().forEach(this::column);
    digest.texts(relation.primaryKey());
    digest.count(relation.foreignKeys().size());
    for (ForeignKey key : relation.foreignKeys()) {
      digest.texts(key.columns());
      name(key.target());
      digest.texts(key.targetColumns());
    }
    digest.count(relation.uniques().size());
    relation.uniques().forEach(digest::texts);
    digest.texts(relation.checks());
    digest.texts(relation.indexes());
  }

  private void column(Column column) {
    digest.text(column.name());
    digest.text(column.type());
    digest.count(column.notNull() ? 1 : 0);
    digest.text(column.defaultValue());
    digest.text(column.comment());
    digest.texts(column.enumLabels());
  }

  private void name(RelationName name) {
    digest.text(name.schema());
    digest.text(name.name());
  }
}
