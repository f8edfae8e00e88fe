package io.querytrail.safety;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which entries of one FROM clause are tied to each other by a condition or by what they are made
 * of. Those that are not multiply each other's rows.
 */
final class JoinGraph {
  /** An entry of a FROM clause; a union-find node. */
  static final class Leaf {
    private Leaf parent = this;

    private Leaf root() {
      Leaf leaf = this;
      while (leaf.parent != leaf) {
        leaf.parent = leaf.parent.parent;
        leaf = leaf.parent;
      }
      return leaf;
    }
  }

  private final List<Leaf> manyRows = new ArrayList<>();

  /**
   * @param manyRows false for what has one row at most, and so multiplies nothing
   */
  Leaf add(boolean hasManyRows) {
    var leaf = new Leaf();
    if (hasManyRows) {
      manyRows.add(leaf);
    }
    return leaf;
  }

  static void tie(Set<Leaf> leaves) {
    Leaf first = null;
    for (Leaf leaf : leaves) {
      if (first != null) {
        leaf.root().parent = first.root();
      }
      first = leaf;
    }
  }

  /** How many groups of entries nothing ties together. */
  int unrelatedGroups() {
    var roots = new HashSet<Leaf>();
    manyRows.forEach(leaf -> roots.add(leaf.root()));
    return roots.size();
  }
}
