package io.querytrail.pgparser;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The parser of the WebAssembly file as it was published: its functions not split, its memory that
 * of the runtime. A hundred times slower than what it is compared with.
 */
final class OriginalParser {
  private static final MemoryLimits LIMITS = new MemoryLimits(592, 1_536);

  /** What came out, so that two of them can be compared. */
  record Answer(String tree, String error, int cursor) {}

  private final Machine machine;
  private final Memory memory;
  private final WasmModule module;

  OriginalParser(Path file) {
    module = Parser.parse(file);
    Instance instance =
        Instance.builder(module)
            .withImportValues(HostFunctions.importsOf(module))
            .withStart(false)
            .withMemoryLimits(LIMITS)
            .withMachineFactory(
                MachineFactoryCompiler.builder(module)
                    .withInterpreterFallback(InterpreterFallback.SILENT)
                    .compile())
            .build();
    machine = instance.getMachine();
    memory = instance.memory();
    call(HostFunctions.INITIALIZE);
  }

  private long[] call(String export, long... arguments) {
    return machine.call(HostFunctions.exportIndex(module, export), arguments);
  }

  Answer parse(byte[] sql) {
    int text = (int) call(HostFunctions.MALLOC, sql.length + 1)[0];
    memory.write(text, sql);
    memory.writeByte(text + sql.length, (byte) 0);
    int result = (int) call(HostFunctions.PARSE, text)[0];
    Answer answer = answer(result);
    call(HostFunctions.FREE_RESULT, result);
    call(HostFunctions.FREE, text);
    return answer;
  }

  private Answer answer(int result) {
    int error = memory.readInt(result + 8);
    if (error != 0) {
      return new Answer("", text(memory.readInt(error)), memory.readInt(error + 16));
    }
    return new Answer(text(memory.readInt(result)), "", 0);
  }

  private String text(int address) {
    if (address == 0) {
      return "";
    }
    var bytes = new ByteArrayOutputStream();
    for (int at = address; memory.read(at) != 0; at++) {
      bytes.write(memory.read(at));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
