package io.querytrail.pgparser.split;

/** One element of a function body: a plain instruction, or a block with a body of its own. */
sealed interface Node permits Block, Instruction {
  /** Encoded size in bytes; an estimate for branches, whose depth is known only when written. */
  int size();

  static int sizeOf(Iterable<? extends Node> nodes) {
    int size = 0;
    for (Node node : nodes) {
      size += node.size();
    }
    return size;
  }
}
