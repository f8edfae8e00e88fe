package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** A statement's text as the parser counts it: in bytes of UTF-8. */
final class SqlText {
  private final String sql;
  private final byte[] utf8;

  SqlText(String sql) {
    this.sql = sql;
    this.utf8 = sql.getBytes(StandardCharsets.UTF_8);
  }

  String sql() {
    return sql;
  }

  byte[] utf8() {
    return utf8;
  }

  /** Where a node stands, in characters from 1; empty if the tree does not say. */
  OptionalInt positionOf(JsonNode node) {
    JsonNode location = node.get("location");
    return location == null ? OptionalInt.empty() : positionAt(location.asInt());
  }

  OptionalInt positionAt(int offset) {
    if (offset < 0 || offset > utf8.length) {
      return OptionalInt.empty();
    }
    int characters = 1;
    for (int i = 0; i < offset; i++) {
      if ((utf8[i] & 0xc0) != 0x80) {
        characters++;
      }
    }
    return OptionalInt.of(characters);
  }
}
