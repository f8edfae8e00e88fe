package io.querytrail.pgparser.split;

import io.querytrail.pgparser.split.Instruction.Branch;
import io.querytrail.pgparser.split.Instruction.BranchTable;
import io.querytrail.pgparser.split.Instruction.Local;
import io.querytrail.pgparser.split.Instruction.Plain;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which locals are still needed where a branch to a label arrives. */
final class Liveness {
  private final Map<Label, BitSet> atLabel = new HashMap<>();

  Liveness(List<Node> body) {
    before(body, new BitSet());
  }

  BitSet at(Label label) {
    return atLabel.getOrDefault(label, new BitSet());
  }

  private BitSet before(List<Node> nodes, BitSet after) {
    var live = (BitSet) after.clone();
    for (Node node : nodes.reversed()) {
      switch (node) {
        case Block block -> live = beforeBlock(block, live);
        case Local local -> live.set(local.index(), local.opcode() == Opcode.LOCAL_GET);
        case Branch branch -> {
          if (branch.opcode() == Opcode.BR) {
            live = new BitSet();
          }
          live.or(at(branch.target()));
        }
        case BranchTable table -> {
          live = new BitSet();
          for (Label target : table.all()) {
            live.or(at(target));
          }
        }
        case Plain plain -> {
          if (plain.opcode == Opcode.RETURN || plain.opcode == Opcode.UNREACHABLE) {
            live = new BitSet();
          }
        }
      }
    }
    return live;
  }

  private BitSet beforeBlock(Block block, BitSet after) {
    if (block.opcode == Opcode.LOOP) {
      return beforeLoop(block, after);
    }
    atLabel.put(block, (BitSet) after.clone());
    BitSet live = before(block.body, after);
    if (block.opcode == Opcode.IF) {
      live.or(block.otherwise == null ? after : before(block.otherwise, after));
    }
    return live;
  }

  /** A branch to a loop goes to its head, so its live set is a fixed point. */
  private BitSet beforeLoop(Block loop, BitSet after) {
    var head = (BitSet) at(loop).clone();
    while (true) {
      atLabel.put(loop, (BitSet) head.clone());
      int known = head.cardinality();
      head.or(before(loop.body, after));
      if (head.cardinality() == known) {
        return head;
      }
    }
  }
}
