package io.querytrail.pgparser.split;

import io.querytrail.pgparser.split.Instruction.Branch;
import io.querytrail.pgparser.split.Instruction.BranchTable;
import io.querytrail.pgparser.split.Instruction.Local;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Neighbouring arms of a switch on their way into a function of their own. Locals that are live
 * where the arms begin travel as parameters. The result is an exit code and, packed beside it, one
 * changed integer; further changed locals come back in globals that the caller reads at once, so
 * that recursion is safe.
 */
final class ArmGroup {
  /** The code that a branch to the label runs. */
  record Arm(Block label, List<Node> code) {}

  private final FunctionSplitter splitter;
  private final List<Arm> arms;
  private final Liveness live;
  private final ExitCodes exits;
  private final Label next;
  private final int exitLocal;

  private final Set<Label> innerBlocks = new HashSet<>();
  private final TreeSet<Integer> read = new TreeSet<>();
  private final TreeSet<Integer> written = new TreeSet<>();
  private final Set<Label> leaves = new java.util.LinkedHashSet<>();
  private final TreeSet<Integer> carriers = new TreeSet<>();

  /**
   * @param next where falling out of the last arm leads
   * @param exitLocal the caller's local that holds the arm to run, and afterwards the exit code
   */
  ArmGroup(
      FunctionSplitter splitter,
      List<Arm> arms,
      Liveness live,
      ExitCodes exits,
      Label next,
      int exitLocal) {
    this.splitter = splitter;
    this.arms = arms;
    this.live = live;
    this.exits = exits;
    this.next = next;
    this.exitLocal = exitLocal;
  }

  /** Adds the function; returns the caller's code that calls it and takes its results. */
  List<Node> outline() {
    arms.forEach(arm -> scanLocals(arm.code()));
    arms.forEach(arm -> scanLeaves(arm.code()));
    leaves.stream()
        .filter(splitter::carriesValue)
        .forEach(label -> carriers.add(splitter.carrier(label)));

    List<Integer> changed = changedLocals();
    List<Integer> parameters = parameters(changed);
    var function = new NewFunction(parameters);
    List<Node> code = function.body();
    // Decided only now: the code above is what asks for exit codes.
    int fallThrough = exits.of(next);
    boolean onlyFallsThrough = leaves.isEmpty() && fallThrough == 0;
    return finish(function, code, parameters, changed, onlyFallsThrough);
  }

  private void scanLocals(List<Node> nodes) {
    for (Node node : nodes) {
      if (node instanceof Block block) {
        innerBlocks.add(block);
        scanLocals(block.body);
        if (block.otherwise != null) {
          scanLocals(block.otherwise);
        }
      } else if (node instanceof Local local) {
        (local.opcode() == Opcode.LOCAL_GET ? read : written).add(local.index());
      }
    }
  }

  private void scanLeaves(List<Node> nodes) {
    for (Node node : nodes) {
      switch (node) {
        case Block block -> {
          scanLeaves(block.body);
          if (block.otherwise != null) {
            scanLeaves(block.otherwise);
          }
        }
        case Branch branch -> addLeave(branch.target());
        case BranchTable table -> table.all().forEach(this::addLeave);
        case Instruction ignored -> {}
      }
    }
  }

  private void addLeave(Label target) {
    boolean own = arms.stream().anyMatch(arm -> arm.label() == target);
    if (!own && !innerBlocks.contains(target)) {
      leaves.add(target);
    }
  }

  private List<Integer> changedLocals() {
    var liveAfter = (BitSet) live.at(next).clone();
    leaves.forEach(label -> liveAfter.or(live.at(label)));
    var changed = new ArrayList<>(written.stream().filter(liveAfter::get).toList());
    carriers.stream().filter(carrier -> !changed.contains(carrier)).forEach(changed::add);
    return changed;
  }

  private List<Integer> parameters(List<Integer> changed) {
    var liveBefore = new BitSet();
    arms.forEach(arm -> liveBefore.or(live.at(arm.label())));
    var candidates = new TreeSet<>(read);
    candidates.addAll(changed);
    return candidates.stream()
        .filter(local -> liveBefore.get(local) && !carriers.contains(local))
        .toList();
  }

  private List<Node> finish(
      NewFunction function,
      List<Node> code,
      List<Integer> parameters,
      List<Integer> changed,
      boolean onlyFallsThrough) {
    Integer packed = null;
    for (int local : changed) {
      if (packed == null && splitter.type(local) == Opcode.I32) {
        packed = local;
      }
    }
    var tail = new ArrayList<Node>();
    var afterCall = new ArrayList<Node>();
    var ordinals = new HashMap<Integer, Integer>();
    for (int local : changed) {
      if (packed == null || local != packed) {
        int type = splitter.type(local);
        int ordinal = ordinals.merge(type, 1, Integer::sum) - 1;
        int global = splitter.owner().transferGlobal(type, ordinal);
        tail.add(Instruction.get(function.local(local)));
        tail.add(Instruction.globalSet(global));
        afterCall.add(Instruction.globalGet(global));
        afterCall.add(Instruction.set(local));
      }
    }
    var call = new ArrayList<Node>();
    parameters.forEach(local -> call.add(Instruction.get(local)));
    if (function.selects()) {
      call.add(Instruction.get(exitLocal));
      call.add(Instruction.constant(ExitCodes.INDEX_MASK));
      call.add(Instruction.of(Opcode.I32_AND));
    }
    List<Integer> results = function.results(tail, packed, onlyFallsThrough);
    var nodes = new ArrayList<>(code);
    nodes.addAll(tail);
    int index = function.add(results, nodes);
    splitter.created(index);
    call.add(Instruction.call(index));
    call.addAll(takeResults(packed, onlyFallsThrough));
    call.addAll(afterCall);
    if (onlyFallsThrough) {
      call.add(Instruction.constant(0));
      call.add(Instruction.set(exitLocal));
    }
    return call;
  }

  private List<Node> takeResults(
      @org.jspecify.annotations.Nullable Integer packed, boolean onlyFallsThrough) {
    if (packed == null) {
      return onlyFallsThrough ? List.of() : List.of(Instruction.set(exitLocal));
    }
    if (onlyFallsThrough) {
      return List.of(Instruction.set(packed));
    }
    int both = splitter.packedResult();
    return List.of(
        Instruction.tee(both),
        Instruction.of(Opcode.I32_WRAP_I64),
        Instruction.set(exitLocal),
        Instruction.get(both),
        Instruction.longConstant(Integer.SIZE),
        Instruction.of(Opcode.I64_SHR_U),
        Instruction.of(Opcode.I32_WRAP_I64),
        Instruction.set(packed));
  }

  /** The new function while it is written: its own numbering of locals and its copies of blocks. */
  private final class NewFunction {
    private final List<Integer> types = new ArrayList<>();
    private final Map<Integer, Integer> locals = new HashMap<>();
    private final Map<Label, Block> copies = new HashMap<>();
    private final Block end = Block.empty(Opcode.BLOCK);
    private final int parameterCount;
    private final int selector;
    private final int exitCode;
    private final int scratch;
    private final Block selectAgain = Block.empty(Opcode.LOOP);

    /** Arms before this one are entered through the selector: their labels do not enclose it. */
    private int currentArm = -1;

    NewFunction(List<Integer> parameters) {
      for (int local : parameters) {
        local(local);
      }
      selector = arms.size() > 1 ? newLocal() : -1;
      parameterCount = types.size();
      exitCode = newLocal();
      scratch = newLocal();
    }

    private int newLocal() {
      types.add(Opcode.I32);
      return types.size() - 1;
    }

    boolean selects() {
      return selector >= 0;
    }

    int local(int callers) {
      return locals.computeIfAbsent(
          callers,
          local -> {
            types.add(splitter.type(local));
            return types.size() - 1;
          });
    }

    int add(List<Integer> results, List<Node> nodes) {
      var signature = new Signature(types.subList(0, parameterCount), results);
      return splitter.owner().addFunction(signature, types, nodes);
    }

    /** Appends the code that leaves the results on the stack; returns their types. */
    List<Integer> results(
        List<Node> tail,
        @org.jspecify.annotations.Nullable Integer packed,
        boolean onlyFallsThrough) {
      if (packed == null) {
        if (onlyFallsThrough) {
          return List.of();
        }
        tail.add(Instruction.get(exitCode));
        return List.of(Opcode.I32);
      }
      if (onlyFallsThrough) {
        tail.add(Instruction.get(local(packed)));
        return List.of(Opcode.I32);
      }
      tail.addAll(
          List.of(
              Instruction.get(exitCode),
              Instruction.of(Opcode.I64_EXTEND_I32_U),
              Instruction.get(local(packed)),
              Instruction.of(Opcode.I64_EXTEND_I32_U),
              Instruction.longConstant(Integer.SIZE),
              Instruction.of(Opcode.I64_SHL),
              Instruction.of(Opcode.I64_OR)));
      return List.of(Opcode.I64);
    }

    List<Node> body() {
      List<Node> nodes = new ArrayList<>();
      if (arms.size() == 1) {
        // A branch of the only arm to its own label starts it again.
        var again = Block.empty(Opcode.LOOP);
        copies.put(arms.getFirst().label(), again);
        again.body = translate(arms.getFirst().code());
        nodes.add(again);
        nodes.add(Instruction.constant(exits.of(next)));
        nodes.add(Instruction.set(exitCode));
      } else {
        nodes.add(selectedArms());
      }
      end.body = nodes;
      return new ArrayList<>(List.of(end));
    }

    private Block selectedArms() {
      arms.forEach(arm -> copies.put(arm.label(), Block.empty(Opcode.BLOCK)));
      var labels = arms.stream().map(arm -> copy(arm.label())).toList();
      var bodies = new ArrayList<List<Node>>();
      for (currentArm = 0; currentArm < arms.size(); currentArm++) {
        bodies.add(translate(arms.get(currentArm).code()));
      }
      List<Node> nodes = new ArrayList<>();
      nodes.add(Instruction.get(selector));
      nodes.add(Instruction.jumpTable(labels.subList(0, labels.size() - 1), labels.getLast()));
      for (int i = 0; i < labels.size(); i++) {
        labels.get(i).body = nodes;
        nodes = new ArrayList<>();
        nodes.add(labels.get(i));
        nodes.addAll(bodies.get(i));
      }
      nodes.add(Instruction.constant(exits.of(next)));
      nodes.add(Instruction.set(exitCode));
      nodes.add(Instruction.jump(end));
      selectAgain.body = nodes;
      return selectAgain;
    }

    private Block copy(Label label) {
      return java.util.Objects.requireNonNull(copies.get(label));
    }

    private boolean isInside(Label label) {
      return copies.containsKey(label) && !isEarlierArm(label);
    }

    private boolean isEarlierArm(Label label) {
      for (int i = 0; i <= currentArm && i < arms.size(); i++) {
        if (arms.get(i).label() == label) {
          return true;
        }
      }
      return false;
    }

    private List<Node> leave(Label label) {
      if (isEarlierArm(label)) {
        int index = 0;
        while (arms.get(index).label() != label) {
          index++;
        }
        return new ArrayList<>(
            List.of(
                Instruction.constant(index),
                Instruction.set(selector),
                Instruction.jump(selectAgain)));
      }
      var nodes = new ArrayList<Node>();
      if (splitter.carriesValue(label)) {
        nodes.add(Instruction.set(local(splitter.carrier(label))));
      }
      nodes.add(Instruction.constant(exits.of(label)));
      nodes.add(Instruction.set(exitCode));
      nodes.add(Instruction.jump(end));
      return nodes;
    }

    private List<Node> translate(List<Node> nodes) {
      var out = new ArrayList<Node>();
      for (Node node : nodes) {
        switch (node) {
          case Block block -> out.add(translateBlock(block));
          case Local local -> out.add(new Local(local.opcode(), local(local.index())));
          case Branch branch when branch.opcode() == Opcode.BR -> {
            if (isInside(branch.target())) {
              out.add(Instruction.jump(copy(branch.target())));
            } else {
              out.addAll(leave(branch.target()));
            }
          }
          case Branch branch -> translateConditional(branch.target(), out);
          case BranchTable table -> translateTable(table, out);
          case Instruction other -> out.add(other);
        }
      }
      return out;
    }

    private Block translateBlock(Block block) {
      var copy = new Block(block.opcode, block.blockType, List.of(), null);
      copies.put(block, copy);
      copy.body = translate(block.body);
      if (block.otherwise != null) {
        copy.otherwise = translate(block.otherwise);
      }
      return copy;
    }

    private void translateConditional(Label target, List<Node> out) {
      if (isInside(target)) {
        out.add(Instruction.jumpIf(copy(target)));
      } else if (splitter.carriesValue(target)) {
        // On the stack: value, condition. The value stays there when the branch is not taken.
        int carrier = local(splitter.carrier(target));
        out.add(Instruction.set(scratch));
        out.add(Instruction.tee(carrier));
        out.add(Instruction.get(scratch));
        out.add(
            Block.when(
                new ArrayList<>(
                    List.of(
                        Instruction.constant(exits.of(target)),
                        Instruction.set(exitCode),
                        Instruction.jump(end)))));
      } else {
        out.add(Block.when(leave(target)));
      }
    }

    private void translateTable(BranchTable table, List<Node> out) {
      var landings = new LinkedHashMap<Label, List<Node>>();
      for (Label target : table.all()) {
        if (!isInside(target) && !landings.containsKey(target)) {
          landings.put(target, leave(target));
        }
      }
      if (landings.isEmpty()) {
        var targets = table.targets().stream().map(this::copy).toList();
        out.add(Instruction.jumpTable(targets, copy(table.fallback())));
        return;
      }
      if (table.all().stream().anyMatch(splitter::carriesValue)) {
        throw new IllegalStateException("A branch table that carries a value leaves its function");
      }
      out.addAll(
          FunctionSplitter.trampoline(
              scratch, table.targets(), table.fallback(), this::copy, landings));
    }
  }
}
