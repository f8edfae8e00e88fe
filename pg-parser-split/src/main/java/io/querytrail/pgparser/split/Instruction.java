package io.querytrail.pgparser.split;

import java.util.List;

/** An instruction without a body. */
sealed interface Instruction extends Node {

  /** Anything that splitting only copies: opcode and encoded operands. */
  final class Plain implements Instruction {
    final int opcode;
    final byte[] operands;

    Plain(int opcode, byte[] operands) {
      this.opcode = opcode;
      this.operands = operands;
    }

    @Override
    public int size() {
      return (opcode >= Opcode.PREFIXED ? 2 : 1) + operands.length;
    }
  }

  record Local(int opcode, int index) implements Instruction {
    @Override
    public int size() {
      return 1 + unsigned(index).length;
    }
  }

  record Branch(int opcode, Label target, int size) implements Instruction {}

  record BranchTable(List<Label> targets, Label fallback, int size) implements Instruction {
    List<Label> all() {
      var all = new java.util.ArrayList<>(targets);
      all.add(fallback);
      return all;
    }
  }

  static Instruction of(int opcode) {
    return new Plain(opcode, new byte[0]);
  }

  static Instruction constant(int value) {
    return new Plain(Opcode.I32_CONST, new ByteSink().writeSigned(value).toByteArray());
  }

  static Instruction longConstant(long value) {
    return new Plain(Opcode.I64_CONST, new ByteSink().writeSigned(value).toByteArray());
  }

  static Instruction call(int function) {
    return new Plain(Opcode.CALL, unsigned(function));
  }

  static Instruction globalGet(int index) {
    return new Plain(Opcode.GLOBAL_GET, unsigned(index));
  }

  static Instruction globalSet(int index) {
    return new Plain(Opcode.GLOBAL_SET, unsigned(index));
  }

  static Instruction get(int local) {
    return new Local(Opcode.LOCAL_GET, local);
  }

  static Instruction set(int local) {
    return new Local(Opcode.LOCAL_SET, local);
  }

  static Instruction tee(int local) {
    return new Local(Opcode.LOCAL_TEE, local);
  }

  static Instruction jump(Label target) {
    return new Branch(Opcode.BR, target, 2);
  }

  static Instruction jumpIf(Label target) {
    return new Branch(Opcode.BR_IF, target, 2);
  }

  static Instruction jumpTable(List<? extends Label> targets, Label fallback) {
    return new BranchTable(List.copyOf(targets), fallback, targets.size() + 3);
  }

  private static byte[] unsigned(int value) {
    return new ByteSink().writeUnsigned(value).toByteArray();
  }
}
