package io.querytrail.generator.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Digest of relations. Each text goes in behind its length, so that no two schemas read the same.
 * Row estimates and values stay out: they change without anybody changing the schema.
 */
final class Fingerprint {
  private static final int ABSENT = -1;

  private final MessageDigest digest;

  private Fingerprint(MessageDigest digest) {
    this.digest = digest;
  }

  static String of(List<Relation> relations) {
    try {
      Fingerprint fingerprint = new Fingerprint(MessageDigest.getInstance("SHA-256"));
      fingerprint.count(relations.size());
      relations.forEach(fingerprint::relation);
      return HexFormat.of().formatHex(fingerprint.digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void relation(Relation relation) {
    name(relation.name());
    text(relation.kind().words());
    text(relation.comment());
    count(relation.columns().size());
    relation.columns().forEach(this::column);
    texts(relation.primaryKey());
    count(relation.foreignKeys().size());
    for (ForeignKey key : relation.foreignKeys()) {
      texts(key.columns());
      name(key.target());
      texts(key.targetColumns());
    }
    count(relation.uniques().size());
    relation.uniques().forEach(this::texts);
    texts(relation.checks());
    texts(relation.indexes());
  }

  private void column(Column column) {
    text(column.name());
    text(column.type());
    count(column.notNull() ? 1 : 0);
    text(column.defaultValue());
    text(column.comment());
    texts(column.enumLabels());
  }

  private void name(RelationName name) {
    text(name.schema());
    text(name.name());
  }

  private void texts(List<String> texts) {
    count(texts.size());
    texts.forEach(this::text);
  }

  private void text(@Nullable String text) {
    if (text == null) {
      count(ABSENT);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    count(bytes.length);
    digest.update(bytes);
  }

  private void count(int count) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, count));
  }
}
