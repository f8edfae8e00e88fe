package io.querytrail.pgparser;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.Arrays;

/**
 * What the parser may ask of its host: C's setjmp and longjmp, and memory. There is no input or
 * output behind the rest. The package's linker shortens the names of imports and exports, so the
 * letters below belong to the pinned file and to no other.
 */
final class HostFunctions {
  static final String INITIALIZE = "q";
  static final String PARSE = "r";
  static final String MALLOC = "s";
  static final String FREE = "u";
  static final String FREE_RESULT = "v";
  private static final String SET_THREW = "x";
  private static final String STACK_RESTORE = "y";
  static final String STACK_POINTER = "z";

  private static final long BAD_FILE_DESCRIPTOR = 8;
  private static final int PAGE_BYTES = 65_536;
  private static final int MIN_GROWTH_PAGES = 16;
  private static final long[] NOTHING = {};
  private static final long[] ZERO = {0};

  /** C's longjmp on its way through the frames of the JVM to the nearest setjmp. */
  private static final class LongJump extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final LongJump INSTANCE = new LongJump();

    private LongJump() {
      super("longjmp", null, false, false);
    }
  }

  private HostFunctions() {}

  static ImportValues importsOf(WasmModule module) {
    var values = ImportValues.builder();
    var imports = module.importSection();
    for (int i = 0; i < imports.importCount(); i++) {
      var function = (FunctionImport) imports.getImport(i);
      FunctionType type = module.typeSection().getType(function.typeIndex());
      values.addFunction(
          new HostFunction(function.module(), function.name(), type, handle(function, type)));
    }
    return values.build();
  }

  static int exportIndex(WasmModule module, String name) {
    var exports = module.exportSection();
    for (int i = 0; i < exports.exportCount(); i++) {
      if (exports.getExport(i).name().equals(name)) {
        return exports.getExport(i).index();
      }
    }
    throw new IllegalStateException("The parser's file exports no " + name);
  }

  private static WasmFunctionHandle handle(FunctionImport function, FunctionType type) {
    return switch (function.name()) {
      case "a", "h", "i", "o" -> new Invoke(type);
      case "k" ->
          (instance, arguments) -> {
            throw LongJump.INSTANCE;
          };
      case "l" -> HostFunctions::growMemory;
      case "f" -> (instance, arguments) -> NOTHING;
      case "j" -> (instance, arguments) -> ZERO; // setitimer: nothing here waits
      case "c", "d", "m", "n" -> (instance, arguments) -> new long[] {BAD_FILE_DESCRIPTOR};
      case "b", "e", "g" ->
          (instance, arguments) -> {
            throw new IllegalStateException("The parser aborted");
          };
      default -> throw new IllegalStateException("Unknown import " + function.name());
    };
  }

  private static long[] growMemory(Instance instance, long[] arguments) {
    int wanted = (int) ((arguments[0] + PAGE_BYTES - 1) / PAGE_BYTES);
    int missing = wanted - instance.memory().pages();
    boolean enough =
        missing <= 0 || instance.memory().grow(Math.max(missing, MIN_GROWTH_PAGES)) >= 0;
    return new long[] {enough ? 1 : 0};
  }

  /** A call through the function table inside a setjmp; catches a longjmp to it. */
  private static final class Invoke implements WasmFunctionHandle {
    private final boolean returnsNothing;
    private int stackPointer = -1;
    private int stackRestore;
    private int setThrew;

    Invoke(FunctionType type) {
      this.returnsNothing = type.returns().isEmpty();
    }

    @Override
    public long[] apply(Instance instance, long... arguments) {
      if (stackPointer < 0) {
        stackRestore = exportIndex(instance.module(), STACK_RESTORE);
        setThrew = exportIndex(instance.module(), SET_THREW);
        stackPointer = exportIndex(instance.module(), STACK_POINTER);
      }
      var machine = instance.getMachine();
      long[] stack = machine.call(stackPointer, NOTHING);
      int function = instance.table(0).ref((int) arguments[0]);
      try {
        return machine.call(function, Arrays.copyOfRange(arguments, 1, arguments.length));
      } catch (LongJump jump) {
        machine.call(stackRestore, stack);
        machine.call(setThrew, new long[] {1, 0});
        return returnsNothing ? NOTHING : ZERO;
      }
    }
  }
}
