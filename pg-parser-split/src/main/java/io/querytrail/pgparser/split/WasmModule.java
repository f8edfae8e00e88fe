package io.querytrail.pgparser.split;

import java.util.ArrayList;
import java.util.List;

/** A WebAssembly module taken apart only as far as adding types, functions and globals needs. */
final class WasmModule {
  private static final byte[] MAGIC = {0, 'a', 's', 'm', 1, 0, 0, 0};
  private static final int CUSTOM = 0;
  private static final int TYPES = 1;
  private static final int IMPORTS = 2;
  private static final int FUNCTIONS = 3;
  private static final int GLOBALS = 6;
  private static final int CODE = 10;

  private record Section(int id, byte[] content) {}

  private final List<Section> sections = new ArrayList<>();
  private final List<Signature> types = new ArrayList<>();
  private final List<Integer> functionTypes = new ArrayList<>();
  private final List<byte[]> code = new ArrayList<>();
  private final List<Integer> addedGlobals = new ArrayList<>();
  private int importedFunctions;
  private int originalGlobals;

  static WasmModule read(byte[] bytes) {
    var module = new WasmModule();
    var cursor = new ByteCursor(bytes);
    if (!java.util.Arrays.equals(cursor.readBytes(MAGIC.length), MAGIC)) {
      throw new IllegalArgumentException("Not a WebAssembly module");
    }
    while (!cursor.atEnd()) {
      int id = cursor.readByte();
      var section = new Section(id, cursor.readBytes(cursor.readUnsigned()));
      module.sections.add(section);
      module.readSection(section);
    }
    return module;
  }

  private void readSection(Section section) {
    var cursor = new ByteCursor(section.content());
    switch (section.id()) {
      case TYPES -> repeat(cursor, () -> types.add(Signature.read(cursor)));
      case IMPORTS -> repeat(cursor, () -> readImport(cursor));
      case FUNCTIONS -> repeat(cursor, () -> functionTypes.add(cursor.readUnsigned()));
      case GLOBALS -> originalGlobals = cursor.readUnsigned();
      case CODE -> repeat(cursor, () -> code.add(cursor.readBytes(cursor.readUnsigned())));
      default -> {}
    }
  }

  private static void repeat(ByteCursor cursor, Runnable read) {
    for (int count = cursor.readUnsigned(); count > 0; count--) {
      read.run();
    }
  }

  private void readImport(ByteCursor cursor) {
    cursor.readBytes(cursor.readUnsigned());
    cursor.readBytes(cursor.readUnsigned());
    if (cursor.readByte() != 0) {
      throw new IllegalArgumentException("Only functions may be imported");
    }
    functionTypes.add(cursor.readUnsigned());
    importedFunctions++;
  }

  /** Indexes of functions count imports first, as calls do. */
  int functionCount() {
    return functionTypes.size();
  }

  int importedFunctions() {
    return importedFunctions;
  }

  Signature signature(int function) {
    return types.get(functionTypes.get(function));
  }

  byte[] code(int function) {
    return code.get(function - importedFunctions);
  }

  void replaceCode(int function, byte[] newCode) {
    code.set(function - importedFunctions, newCode);
  }

  int addFunction(Signature signature, byte[] newCode) {
    if (!types.contains(signature)) {
      types.add(signature);
    }
    functionTypes.add(types.indexOf(signature));
    code.add(newCode);
    return functionTypes.size() - 1;
  }

  /** A new mutable global that starts as zero. */
  int addGlobal(int type) {
    addedGlobals.add(type);
    return originalGlobals + addedGlobals.size() - 1;
  }

  byte[] write() {
    var sink = new ByteSink().writeBytes(MAGIC);
    for (Section section : sections) {
      if (section.id() != CUSTOM) {
        byte[] content = content(section);
        sink.writeByte(section.id()).writeUnsigned(content.length).writeBytes(content);
      }
    }
    return sink.toByteArray();
  }

  private byte[] content(Section section) {
    var sink = new ByteSink();
    switch (section.id()) {
      case TYPES -> {
        sink.writeUnsigned(types.size());
        types.forEach(type -> type.write(sink));
      }
      case FUNCTIONS -> {
        var defined = functionTypes.subList(importedFunctions, functionTypes.size());
        sink.writeUnsigned(defined.size());
        defined.forEach(sink::writeUnsigned);
      }
      case GLOBALS -> {
        var cursor = new ByteCursor(section.content());
        sink.writeUnsigned(cursor.readUnsigned() + addedGlobals.size());
        sink.writeBytes(cursor.readBytes(section.content().length - cursor.position()));
        addedGlobals.forEach(type -> sink.writeByte(type).writeByte(1).writeBytes(zero(type)));
      }
      case CODE -> {
        sink.writeUnsigned(code.size());
        code.forEach(body -> sink.writeUnsigned(body.length).writeBytes(body));
      }
      default -> sink.writeBytes(section.content());
    }
    return sink.toByteArray();
  }

  private static byte[] zero(int type) {
    var sink = new ByteSink();
    switch (type) {
      case Opcode.I32 -> sink.writeByte(Opcode.I32_CONST).writeByte(0);
      case Opcode.I64 -> sink.writeByte(Opcode.I64_CONST).writeByte(0);
      case Opcode.F32 -> sink.writeByte(Opcode.F32_CONST).writeBytes(new byte[Float.BYTES]);
      case Opcode.F64 -> sink.writeByte(Opcode.F64_CONST).writeBytes(new byte[Double.BYTES]);
      default -> throw new IllegalArgumentException("No value type: " + type);
    }
    return sink.writeByte(Opcode.END).toByteArray();
  }
}
