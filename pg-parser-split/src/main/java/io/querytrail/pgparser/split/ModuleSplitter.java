package io.querytrail.pgparser.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes every function above a size limit apart into functions below it, without changing what the
 * module computes. Not thread-safe. Deterministic: the same module gives the same bytes.
 */
final class ModuleSplitter {
  private record GlobalSlot(int type, int ordinal) {}

  private final WasmModule module;
  private final int limitBytes;
  private final int groupBytes;
  private final Map<GlobalSlot, Integer> globals = new HashMap<>();

  /**
   * @param limitBytes functions above this many bytes of code are split
   * @param groupBytes about how much code goes into one new function
   */
  ModuleSplitter(WasmModule module, int limitBytes, int groupBytes) {
    this.module = module;
    this.limitBytes = limitBytes;
    this.groupBytes = groupBytes;
  }

  void split() {
    int original = module.functionCount();
    for (int function = module.importedFunctions(); function < original; function++) {
      if (isTooLarge(function)) {
        splitWithDescendants(function);
      }
    }
    for (int function = module.importedFunctions(); function < module.functionCount(); function++) {
      if (isTooLarge(function)) {
        throw new IllegalStateException(
            "Function %d still has %d bytes".formatted(function, module.code(function).length));
      }
    }
  }

  private void splitWithDescendants(int first) {
    var work = new ArrayDeque<Integer>(List.of(first));
    while (!work.isEmpty()) {
      int function = work.removeLast();
      if (isTooLarge(function)) {
        var splitter =
            new FunctionSplitter(this, module.signature(function), module.code(function));
        module.replaceCode(function, splitter.split());
        work.addAll(splitter.created());
      }
    }
  }

  private boolean isTooLarge(int function) {
    return module.code(function).length > limitBytes;
  }

  int limitBytes() {
    return limitBytes;
  }

  int groupBytes() {
    return groupBytes;
  }

  /** Adds a function whose first locals are its parameters; returns its index. */
  int addFunction(Signature signature, List<Integer> locals, List<Node> nodes) {
    var own = new ArrayList<>(locals.subList(signature.parameters().size(), locals.size()));
    return module.addFunction(signature, new FunctionBody(own, nodes).encode());
  }

  /** A global that carries one value out of a new function; shared by all, read right after. */
  int transferGlobal(int type, int ordinal) {
    return globals.computeIfAbsent(
        new GlobalSlot(type, ordinal), slot -> module.addGlobal(slot.type()));
  }
}
