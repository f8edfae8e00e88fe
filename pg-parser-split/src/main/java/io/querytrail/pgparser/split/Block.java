package io.querytrail.pgparser.split;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block, loop or if. Mutable: splitting rewrites bodies in place while branches keep pointing at
 * the block.
 */
final class Block implements Node, Label {
  /** The block type that says "no value". */
  static final int EMPTY = -64;

  private static final int FRAME_BYTES = 3;

  final int opcode;
  final int blockType;
  List<Node> body;
  @Nullable List<Node> otherwise;

  Block(int opcode, int blockType, List<Node> body, @Nullable List<Node> otherwise) {
    this.opcode = opcode;
    this.blockType = blockType;
    this.body = body;
    this.otherwise = otherwise;
  }

  static Block empty(int opcode) {
    return new Block(opcode, EMPTY, new ArrayList<>(), null);
  }

  static Block when(List<Node> body) {
    return new Block(Opcode.IF, EMPTY, body, null);
  }

  boolean isPlain() {
    return opcode == Opcode.BLOCK && blockType == EMPTY;
  }

  /** The value type that the block leaves behind, as an {@link Opcode} value type. */
  int valueType() {
    return blockType & 0x7f;
  }

  @Override
  public int size() {
    int size = FRAME_BYTES + Node.sizeOf(body);
    return otherwise == null ? size : size + 1 + Node.sizeOf(otherwise);
  }
}
