package io.querytrail.safety;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A stretch of a statement's text with schemas written before some of its names. */
final class QualifiedText {
  private final byte[] utf8;
  private final ByteArrayOutputStream out;
  private final List<Integer> insertedAt = new ArrayList<>();
  private int copied;

  /**
   * @param start offset of the stretch in bytes
   */
  QualifiedText(byte[] utf8, int start) {
    this.utf8 = utf8;
    this.out = new ByteArrayOutputStream(utf8.length + 64);
    this.copied = start;
  }

  /** Calls must come in the order of the text. */
  void qualify(int offset, String schema) {
    copyTo(offset);
    if (offset > 0 && Character.isLetterOrDigit(utf8[offset - 1])) {
      out.write(' '); // FROM"orders" needs no space, FROM shop."orders" does
    }
    insertedAt.add(out.size());
    out.writeBytes((Identifiers.quoted(schema) + ".").getBytes(StandardCharsets.UTF_8));
  }

  private void copyTo(int offset) {
    out.write(utf8, copied, offset - copied);
    copied = offset;
  }

  /** Where in the new text, in bytes, the schemas stand. */
  List<Integer> insertedAt() {
    return insertedAt;
  }

  String upTo(int end) {
    copyTo(end);
    return out.toString(StandardCharsets.UTF_8);
  }
}
