package io.querytrail.pgparser.split;

import io.querytrail.pgparser.split.Instruction.Branch;
import io.querytrail.pgparser.split.Instruction.BranchTable;
import io.querytrail.pgparser.split.Instruction.Plain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits one function at its compiled C switches. Such a switch is a nest of blocks around a branch
 * table: {@code block{block{...block{core; br_table} arm_n}...} arm_1}. The arms move in groups to
 * functions of their own, and a small loop calls the group that the core, or another arm, asks for.
 */
final class FunctionSplitter {
  private static final int MIN_NEST_BLOCKS = 6;
  private static final int MIN_NEST_BYTES = 600;
  private static final int MAX_SPLITS = 400;
  private static final int ARM_OVERHEAD_BYTES = 8;

  private final ModuleSplitter owner;
  private final Signature signature;
  private final List<Integer> types;
  private final List<Node> body;
  private final List<Integer> created = new ArrayList<>();
  private final Map<Integer, Integer> carriers = new HashMap<>();
  private int packedResult = -1;

  FunctionSplitter(ModuleSplitter owner, Signature signature, byte[] code) {
    this.owner = owner;
    this.signature = signature;
    var decoded = FunctionBody.decode(code);
    this.types = new ArrayList<>(signature.parameters());
    this.types.addAll(decoded.locals());
    this.body = decoded.nodes();
    returnsBecomeBranches(body);
    dropUnreachable(body);
  }

  byte[] split() {
    for (int i = 0; i < MAX_SPLITS && Node.sizeOf(body) > owner.limitBytes(); i++) {
      Nest nest = largestNest();
      if (nest == null) {
        break;
      }
      split(nest);
    }
    var locals = types.subList(signature.parameters().size(), types.size());
    return new FunctionBody(new ArrayList<>(locals), body).encode();
  }

  List<Integer> created() {
    return created;
  }

  // ---- shared with ArmGroup: what a new function needs to know of the one it comes from

  ModuleSplitter owner() {
    return owner;
  }

  int type(int local) {
    return types.get(local);
  }

  int newLocal(int type) {
    types.add(type);
    return types.size() - 1;
  }

  boolean carriesValue(Label label) {
    return label instanceof Block block
        ? block.opcode != Opcode.LOOP && block.blockType != Block.EMPTY
        : !signature.results().isEmpty();
  }

  /** The local that carries the value of a branch that leaves a new function. */
  int carrier(Label label) {
    int type = label instanceof Block block ? block.valueType() : signature.results().getFirst();
    return carriers.computeIfAbsent(type, this::newLocal);
  }

  /** The local that a packed result (exit code and one value) arrives in. */
  int packedResult() {
    if (packedResult < 0) {
      packedResult = newLocal(Opcode.I64);
    }
    return packedResult;
  }

  void created(int function) {
    created.add(function);
  }

  // ---- preparation

  private static void returnsBecomeBranches(List<Node> nodes) {
    nodes.replaceAll(node -> {
      switch (node) {
        case Block block -> {
          returnsBecomeBranches(block.body);
          if (block.otherwise != null) {
            returnsBecomeBranches(block.otherwise);
          }
          return block;
        }
        case Plain plain when plain.opcode == Opcode.RETURN -> {
          return Instruction.jump(Label.FunctionEnd.RETURN);
        }
        case Instruction other -> {
          return other;
        }
      }
    });
  }

  private static void dropUnreachable(List<Node> nodes) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) instanceof Block block) {
        dropUnreachable(block.body);
        if (block.otherwise != null) {
          dropUnreachable(block.otherwise);
        }
      } else if (isUnconditional(nodes.get(i))) {
        nodes.subList(i + 1, nodes.size()).clear();
        return;
      }
    }
  }

  static boolean isUnconditional(Node node) {
    return switch (node) {
      case Branch branch -> branch.opcode() == Opcode.BR;
      case BranchTable ignored -> true;
      case Plain plain -> plain.opcode == Opcode.UNREACHABLE;
      default -> false;
    };
  }

  static boolean endsUnconditionally(List<Node> nodes) {
    return !nodes.isEmpty() && isUnconditional(nodes.getLast());
  }

  // ---- nests

  /** Blocks from the outermost to the one that holds the branch table. */
  private record Nest(List<Block> chain, int armBytes) {}

  private @Nullable Nest largestNest() {
    var found = new ArrayList<Nest>();
    collectNests(body, found);
    Nest largest = null;
    for (Nest nest : found) {
      if (largest == null || nest.armBytes() > largest.armBytes()) {
        largest = nest;
      }
    }
    return largest;
  }

  private static void collectNests(List<Node> nodes, List<Nest> found) {
    for (Node node : nodes) {
      if (!(node instanceof Block block)) {
        continue;
      }
      if (!block.isPlain()) {
        collectNests(block.body, found);
        if (block.otherwise != null) {
          collectNests(block.otherwise, found);
        }
        continue;
      }
      var chain = new ArrayList<>(List.of(block));
      while (!chain.getLast().body.isEmpty()
          && chain.getLast().body.getFirst() instanceof Block inner
          && inner.isPlain()) {
        chain.add(inner);
      }
      int armBytes = 0;
      for (Block outer : chain.subList(0, chain.size() - 1)) {
        armBytes += Node.sizeOf(armAfter(outer));
      }
      if (chain.size() >= MIN_NEST_BLOCKS && armBytes > MIN_NEST_BYTES) {
        found.add(new Nest(chain, armBytes));
      }
      for (Block outer : chain.subList(0, chain.size() - 1)) {
        collectNests(armAfter(outer), found);
      }
      collectNests(chain.getLast().body, found);
    }
  }

  /** What follows the inner block: the code that a branch to the inner block's label runs. */
  private static List<Node> armAfter(Block outer) {
    return outer.body.subList(1, outer.body.size());
  }

  private void split(Nest nest) {
    List<Block> chain = nest.chain();
    var live = new Liveness(body);
    Block normalExit = chain.getFirst();
    List<List<ArmGroup.Arm>> groups = groupArms(chain);
    var exits = new ExitCodes(groups, normalExit);
    int arm = newLocal(Opcode.I32);
    int scratch = newLocal(Opcode.I32);

    var redispatch = Block.empty(Opcode.LOOP);
    var coreBlock = Block.empty(Opcode.BLOCK);
    Block innermost = chain.getLast();
    var core = new CoreRewriter(this, exits, coreBlock, arm, scratch, innermost.body);
    List<Node> coreNodes = core.rewritten();
    if (!endsUnconditionally(coreNodes)) {
      coreNodes.add(Instruction.constant(exits.of(innermost)));
      coreNodes.add(Instruction.set(arm));
    }
    coreBlock.body = coreNodes;

    var calls = new ArrayList<List<Node>>();
    for (int i = 0; i < groups.size(); i++) {
      Label next = i + 1 < groups.size() ? groups.get(i + 1).getFirst().label() : normalExit;
      calls.add(new ArmGroup(this, groups.get(i), live, exits, next, arm).outline());
    }
    redispatch.body = dispatcher(calls, exits, normalExit, redispatch, arm, scratch);
    normalExit.body = new ArrayList<>(List.of(coreBlock, redispatch));
  }

  /** Arms in the order in which one falls into the next, in groups of about the wanted size. */
  private List<List<ArmGroup.Arm>> groupArms(List<Block> chain) {
    var groups = new ArrayList<List<ArmGroup.Arm>>();
    var current = new ArrayList<ArmGroup.Arm>();
    int bytes = 0;
    for (int i = chain.size() - 1; i > 0; i--) {
      var arm = new ArmGroup.Arm(chain.get(i), List.copyOf(armAfter(chain.get(i - 1))));
      int armBytes = Node.sizeOf(arm.code()) + ARM_OVERHEAD_BYTES;
      boolean full = bytes + armBytes > owner.groupBytes() || current.size() >= MAX_SPLITS;
      if (!current.isEmpty() && full) {
        groups.add(current);
        current = new ArrayList<>();
        bytes = 0;
      }
      current.add(arm);
      bytes += armBytes;
    }
    if (!current.isEmpty()) {
      groups.add(current);
    }
    return groups;
  }

  private List<Node> dispatcher(
      List<List<Node>> calls,
      ExitCodes exits,
      Block normalExit,
      Block redispatch,
      int arm,
      int scratch) {
    List<Node> leave = leaveNest(exits, normalExit, arm, scratch);
    var entries = new ArrayList<Block>();
    var leaving = Block.empty(Opcode.BLOCK);
    entries.add(leaving);
    calls.forEach(call -> entries.add(Block.empty(Opcode.BLOCK)));

    List<Node> nodes = new ArrayList<>();
    nodes.add(Instruction.get(arm));
    nodes.add(Instruction.constant(ExitCodes.GROUP_SHIFT));
    nodes.add(Instruction.of(Opcode.I32_SHR_U));
    nodes.add(Instruction.jumpTable(entries.subList(0, entries.size() - 1), entries.getLast()));
    leaving.body = nodes;
    nodes = new ArrayList<>();
    nodes.add(leaving);
    nodes.addAll(leave);
    for (int i = 0; i < calls.size(); i++) {
      Block entry = entries.get(i + 1);
      entry.body = nodes;
      nodes = new ArrayList<>();
      nodes.add(entry);
      nodes.addAll(calls.get(i));
      nodes.add(Instruction.jump(redispatch));
    }
    return nodes;
  }

  private List<Node> leaveNest(ExitCodes exits, Block normalExit, int arm, int scratch) {
    List<Label> outer = exits.outer();
    if (outer.size() == 1) {
      return List.of(Instruction.jump(normalExit));
    }
    var landings = new LinkedHashMap<Label, List<Node>>();
    for (Label label : outer) {
      if (carriesValue(label)) {
        landings.put(label, List.of(Instruction.get(carrier(label)), Instruction.jump(label)));
      }
    }
    var nodes = new ArrayList<Node>();
    nodes.add(Instruction.get(arm));
    nodes.addAll(trampoline(scratch, outer, normalExit, label -> label, landings));
    return nodes;
  }

  /** A branch table some of whose targets need code to run before the branch is taken. */
  static List<Node> trampoline(
      int scratch,
      List<Label> targets,
      Label fallback,
      java.util.function.UnaryOperator<Label> direct,
      Map<Label, List<Node>> landings) {
    var blocks = new LinkedHashMap<Label, Block>();
    landings.keySet().forEach(label -> blocks.put(label, Block.empty(Opcode.BLOCK)));
    java.util.function.UnaryOperator<Label> target =
        label -> {
          Block landing = blocks.get(label);
          return landing == null ? direct.apply(label) : landing;
        };
    List<Node> nodes = new ArrayList<>();
    nodes.add(Instruction.get(scratch));
    nodes.add(Instruction.jumpTable(targets.stream().map(target).toList(), target.apply(fallback)));
    for (var landing : landings.entrySet()) {
      Block block = java.util.Objects.requireNonNull(blocks.get(landing.getKey()));
      block.body = nodes;
      nodes = new ArrayList<>();
      nodes.add(block);
      nodes.addAll(landing.getValue());
    }
    nodes.addFirst(Instruction.set(scratch));
    return nodes;
  }
}
