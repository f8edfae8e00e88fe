package io.querytrail.pgparser.split;

/** The opcodes and value types of WebAssembly that splitting has to know by name. */
final class Opcode {
  static final int UNREACHABLE = 0x00;
  static final int BLOCK = 0x02;
  static final int LOOP = 0x03;
  static final int IF = 0x04;
  static final int ELSE = 0x05;
  static final int END = 0x0b;
  static final int BR = 0x0c;
  static final int BR_IF = 0x0d;
  static final int BR_TABLE = 0x0e;
  static final int RETURN = 0x0f;
  static final int CALL = 0x10;
  static final int CALL_INDIRECT = 0x11;
  static final int DROP = 0x1a;
  static final int SELECT = 0x1b;
  static final int LOCAL_GET = 0x20;
  static final int LOCAL_SET = 0x21;
  static final int LOCAL_TEE = 0x22;
  static final int GLOBAL_GET = 0x23;
  static final int GLOBAL_SET = 0x24;
  static final int FIRST_MEMORY_ACCESS = 0x28;
  static final int LAST_MEMORY_ACCESS = 0x3e;
  static final int MEMORY_SIZE = 0x3f;
  static final int MEMORY_GROW = 0x40;
  static final int I32_CONST = 0x41;
  static final int I64_CONST = 0x42;
  static final int F32_CONST = 0x43;
  static final int F64_CONST = 0x44;
  static final int FIRST_NUMERIC = 0x45;
  static final int LAST_NUMERIC = 0xc4;
  static final int I32_SUB = 0x6b;
  static final int I32_DIV_U = 0x6e;
  static final int I32_AND = 0x71;
  static final int I32_SHR_U = 0x76;
  static final int I64_OR = 0x84;
  static final int I64_SHL = 0x86;
  static final int I64_SHR_U = 0x88;
  static final int I32_WRAP_I64 = 0xa7;
  static final int I64_EXTEND_I32_U = 0xad;
  static final int PREFIX = 0xfc;

  /** Opcodes behind the 0xfc prefix are kept as this plus their second number. */
  static final int PREFIXED = 0xfc00;

  static final int I32 = 0x7f;
  static final int I64 = 0x7e;
  static final int F32 = 0x7d;
  static final int F64 = 0x7c;

  private Opcode() {}
}
