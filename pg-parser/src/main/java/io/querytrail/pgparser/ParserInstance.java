package io.querytrail.pgparser;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * One copy of PostgreSQL's parser with memory of its own. Not thread-safe. After any exception the
 * instance is in an unknown state and must be dropped.
 */
final class ParserInstance {
  private static final int INITIAL_PAGES = 592;
  private static final int MAX_PAGES = 1_536;
  private static final int GROWN_PAGES = INITIAL_PAGES + 256;

  // The result: pointers to the tree, to standard error and to the error.
  private static final int TREE_OFFSET = 0;
  private static final int ERROR_OFFSET = 8;
  // The error: pointer to its message, and the position of the fault.
  private static final int MESSAGE_OFFSET = 0;
  private static final int CURSOR_OFFSET = 16;

  private static final long[] NOTHING = {};

  /**
   * What the C function answers: a tree as JSON, an error, or neither for text without a statement.
   */
  sealed interface Answer {
    record Tree(byte[] json) implements Answer {}

    record Fault(String message, int position) implements Answer {}

    record Nothing() implements Answer {}
  }

  private final Machine machine;
  private final LinearMemory memory;
  private final int parse;
  private final int malloc;
  private final int free;
  private final int freeResult;
  private final int stackPointer;
  private final long idleStackPointer;

  ParserInstance() {
    this(LibPgQuery.load(), LibPgQuery::create);
  }

  ParserInstance(WasmModule module, Function<Instance, Machine> machines) {
    Instance instance =
        Instance.builder(module)
            .withImportValues(HostFunctions.importsOf(module))
            .withStart(false)
            .withMemoryLimits(new MemoryLimits(INITIAL_PAGES, MAX_PAGES))
            .withMemoryFactory(LinearMemory::new)
            .withMachineFactory(machines)
            .build();
    machine = instance.getMachine();
    memory = (LinearMemory) instance.memory();
    memory.takeGlobals(instance, module.globalSection().globalCount());
    parse = HostFunctions.exportIndex(module, HostFunctions.PARSE);
    malloc = HostFunctions.exportIndex(module, HostFunctions.MALLOC);
    free = HostFunctions.exportIndex(module, HostFunctions.FREE);
    freeResult = HostFunctions.exportIndex(module, HostFunctions.FREE_RESULT);
    stackPointer = HostFunctions.exportIndex(module, HostFunctions.STACK_POINTER);
    machine.call(HostFunctions.exportIndex(module, HostFunctions.INITIALIZE), NOTHING);
    idleStackPointer = machine.call(stackPointer, NOTHING)[0];
  }

  Answer parse(byte[] sql) {
    int text = call(malloc, sql.length + 1);
    if (text == 0) {
      throw new IllegalStateException("The parser is out of memory");
    }
    memory.write(text, sql, 0, sql.length);
    memory.writeByte(text + sql.length, (byte) 0);
    int result = call(parse, text);
    Answer answer = read(result);
    machine.call(freeResult, new long[] {result});
    machine.call(free, new long[] {text});
    if (machine.call(stackPointer, NOTHING)[0] != idleStackPointer) {
      throw new IllegalStateException("The parser left something on its stack");
    }
    return answer;
  }

  private int call(int function, int argument) {
    return (int) machine.call(function, new long[] {argument})[0];
  }

  private Answer read(int result) {
    int error = memory.readInt(result + ERROR_OFFSET);
    if (error != 0) {
      int message = memory.readInt(error + MESSAGE_OFFSET);
      String text =
          message == 0
              ? "syntax error"
              : new String(memory.readUntilZero(message), StandardCharsets.UTF_8);
      return new Answer.Fault(text, memory.readInt(error + CURSOR_OFFSET));
    }
    int tree = memory.readInt(result + TREE_OFFSET);
    return tree == 0 ? new Answer.Nothing() : new Answer.Tree(memory.readUntilZero(tree));
  }

  /** An earlier statement made the memory grow, and it never shrinks. */
  boolean hasGrown() {
    return memory.pages() > GROWN_PAGES;
  }
}
