package io.querytrail.pgparser.split;

import io.querytrail.pgparser.split.Instruction.Branch;
import io.querytrail.pgparser.split.Instruction.BranchTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * Rewrites the core of a nest: a branch to an arm becomes "remember the arm, go to the dispatcher".
 */
final class CoreRewriter {
  /** Larger branch tables become functions: as code of the core they would keep it too large. */
  private static final int MAX_INLINE_TARGETS = 24;

  private static final int TABLE_LEAF_ENTRIES = 300;

  private final FunctionSplitter splitter;
  private final ExitCodes exits;
  private final Block coreBlock;
  private final int arm;
  private final int scratch;
  private final List<Node> core;
  private final Set<Label> innerBlocks = new HashSet<>();

  CoreRewriter(
      FunctionSplitter splitter,
      ExitCodes exits,
      Block coreBlock,
      int arm,
      int scratch,
      List<Node> core) {
    this.splitter = splitter;
    this.exits = exits;
    this.coreBlock = coreBlock;
    this.arm = arm;
    this.scratch = scratch;
    this.core = core;
  }

  List<Node> rewritten() {
    collectBlocks(core, innerBlocks);
    return rewrite(core);
  }

  static void collectBlocks(List<Node> nodes, Set<Label> into) {
    for (Node node : nodes) {
      if (node instanceof Block block) {
        into.add(block);
        collectBlocks(block.body, into);
        if (block.otherwise != null) {
          collectBlocks(block.otherwise, into);
        }
      }
    }
  }

  private List<Node> rewrite(List<Node> nodes) {
    var out = new ArrayList<Node>();
    for (Node node : nodes) {
      switch (node) {
        case Block block -> {
          block.body = rewrite(block.body);
          if (block.otherwise != null) {
            block.otherwise = rewrite(block.otherwise);
          }
          out.add(block);
        }
        case Branch branch when exits.isArm(branch.target()) -> {
          List<Node> leave = goTo(branch.target());
          if (branch.opcode() == Opcode.BR) {
            out.addAll(leave);
          } else {
            out.add(Block.when(leave));
          }
        }
        case BranchTable table when table.all().stream().anyMatch(exits::isArm) ->
            out.addAll(rewriteTable(table));
        case Instruction other -> out.add(other);
      }
    }
    return out;
  }

  private List<Node> goTo(Label label) {
    return new ArrayList<>(
        List.of(
            Instruction.constant(exits.of(label)),
            Instruction.set(arm),
            Instruction.jump(coreBlock)));
  }

  private List<Node> rewriteTable(BranchTable table) {
    List<Label> all = table.all();
    boolean leavesCore = all.stream().noneMatch(innerBlocks::contains);
    boolean valueless = all.stream().noneMatch(splitter::carriesValue);
    if (all.size() > MAX_INLINE_TARGETS && leavesCore && valueless) {
      int lookup = addLookup(all.stream().map(exits::of).toList());
      return List.of(Instruction.call(lookup), Instruction.set(arm), Instruction.jump(coreBlock));
    }
    var landings = new LinkedHashMap<Label, List<Node>>();
    all.stream().filter(exits::isArm).forEach(label -> landings.put(label, goTo(label)));
    return FunctionSplitter.trampoline(
        scratch, table.targets(), table.fallback(), label -> label, landings);
  }

  /**
   * A function from the operand of a large branch table to the exit code; the last is the default.
   */
  private int addLookup(List<Integer> codes) {
    List<Integer> entries = codes.subList(0, codes.size() - 1);
    int fallback = codes.getLast();
    var leaves = new ArrayList<Integer>();
    for (int start = 0; start < entries.size(); start += TABLE_LEAF_ENTRIES) {
      int end = Math.min(start + TABLE_LEAF_ENTRIES, entries.size());
      leaves.add(addLeaf(start, entries.subList(start, end), fallback));
    }
    var blocks = leaves.stream().map(leaf -> Block.empty(Opcode.BLOCK)).toList();
    var outOfRange = Block.empty(Opcode.BLOCK);
    List<Node> nodes = new ArrayList<>();
    nodes.add(Instruction.get(0));
    nodes.add(Instruction.constant(TABLE_LEAF_ENTRIES));
    nodes.add(Instruction.of(Opcode.I32_DIV_U));
    nodes.add(Instruction.jumpTable(blocks, outOfRange));
    for (int i = 0; i < leaves.size(); i++) {
      blocks.get(i).body = nodes;
      nodes = new ArrayList<>();
      nodes.add(blocks.get(i));
      nodes.add(Instruction.get(0));
      nodes.add(Instruction.call(leaves.get(i)));
      nodes.add(Instruction.jump(Label.FunctionEnd.RETURN));
    }
    outOfRange.body = nodes;
    return addTableFunction(outOfRange, fallback);
  }

  private int addLeaf(int start, List<Integer> codes, int fallback) {
    var blocks = new LinkedHashMap<Integer, Block>();
    codes.stream().sorted().forEach(c -> blocks.computeIfAbsent(c, k -> Block.empty(Opcode.BLOCK)));
    var outOfRange = Block.empty(Opcode.BLOCK);
    List<Node> nodes = new ArrayList<>();
    nodes.add(Instruction.get(0));
    if (start > 0) {
      nodes.add(Instruction.constant(start));
      nodes.add(Instruction.of(Opcode.I32_SUB));
    }
    var targets = new ArrayList<Label>();
    for (int code : codes) {
      targets.add(java.util.Objects.requireNonNull(blocks.get(code)));
    }
    nodes.add(Instruction.jumpTable(targets, outOfRange));
    for (var entry : blocks.entrySet()) {
      entry.getValue().body = nodes;
      nodes = new ArrayList<>();
      nodes.add(entry.getValue());
      nodes.add(Instruction.constant(entry.getKey()));
      nodes.add(Instruction.jump(Label.FunctionEnd.RETURN));
    }
    outOfRange.body = nodes;
    return addTableFunction(outOfRange, fallback);
  }

  private int addTableFunction(Block outOfRange, int fallback) {
    var signature = new Signature(List.of(Opcode.I32), List.of(Opcode.I32));
    List<Node> nodes = List.of(outOfRange, Instruction.constant(fallback));
    return splitter.owner().addFunction(signature, signature.parameters(), nodes);
  }
}
