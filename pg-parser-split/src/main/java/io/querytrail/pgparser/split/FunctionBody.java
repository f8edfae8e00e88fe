package io.querytrail.pgparser.split;

import io.querytrail.pgparser.split.Instruction.Branch;
import io.querytrail.pgparser.split.Instruction.BranchTable;
import io.querytrail.pgparser.split.Instruction.Local;
import io.querytrail.pgparser.split.Instruction.Plain;
import java.util.ArrayList;
import java.util.List;

/** Locals and instructions of one function, with branches resolved to the blocks they leave. */
record FunctionBody(List<Integer> locals, List<Node> nodes) {

  static FunctionBody decode(byte[] code) {
    var cursor = new ByteCursor(code);
    var locals = new ArrayList<Integer>();
    for (int runs = cursor.readUnsigned(); runs > 0; runs--) {
      int count = cursor.readUnsigned();
      int type = cursor.readByte();
      for (int i = 0; i < count; i++) {
        locals.add(type);
      }
    }
    var nodes = new ArrayList<Node>();
    new Decoder(cursor).sequence(nodes);
    if (!cursor.atEnd()) {
      throw new IllegalArgumentException("Function body goes on after its end");
    }
    return new FunctionBody(locals, nodes);
  }

  byte[] encode() {
    var sink = new ByteSink();
    var runs = new ArrayList<int[]>();
    for (int type : locals) {
      if (!runs.isEmpty() && runs.getLast()[1] == type) {
        runs.getLast()[0]++;
      } else {
        runs.add(new int[] {1, type});
      }
    }
    sink.writeUnsigned(runs.size());
    runs.forEach(run -> sink.writeUnsigned(run[0]).writeByte(run[1]));
    new Encoder(sink).sequence(nodes);
    return sink.writeByte(Opcode.END).toByteArray();
  }

  private static final class Decoder {
    private final ByteCursor cursor;
    private final List<Block> enclosing = new ArrayList<>();

    Decoder(ByteCursor cursor) {
      this.cursor = cursor;
    }

    /** Returns the opcode that ended the sequence. */
    int sequence(List<Node> into) {
      while (true) {
        int opcode = cursor.readByte();
        switch (opcode) {
          case Opcode.END, Opcode.ELSE -> {
            return opcode;
          }
          case Opcode.BLOCK, Opcode.LOOP, Opcode.IF -> into.add(block(opcode));
          default -> into.add(instruction(opcode));
        }
      }
    }

    private Block block(int opcode) {
      int type = (int) cursor.readSigned();
      if (type >= 0) {
        throw new IllegalArgumentException("Blocks with more than one value are not supported");
      }
      var block = new Block(opcode, type, new ArrayList<>(), null);
      enclosing.add(block);
      if (sequence(block.body) == Opcode.ELSE) {
        var otherwise = new ArrayList<Node>();
        block.otherwise = otherwise;
        sequence(otherwise);
      }
      enclosing.removeLast();
      return block;
    }

    private Instruction instruction(int opcode) {
      int start = cursor.position();
      switch (opcode) {
        case Opcode.BR, Opcode.BR_IF -> {
          Label target = label(cursor.readUnsigned());
          return new Branch(opcode, target, 1 + cursor.position() - start);
        }
        case Opcode.BR_TABLE -> {
          var targets = new ArrayList<Label>();
          for (int count = cursor.readUnsigned(); count > 0; count--) {
            targets.add(label(cursor.readUnsigned()));
          }
          Label fallback = label(cursor.readUnsigned());
          return new BranchTable(targets, fallback, 1 + cursor.position() - start);
        }
        case Opcode.LOCAL_GET, Opcode.LOCAL_SET, Opcode.LOCAL_TEE -> {
          return new Local(opcode, cursor.readUnsigned());
        }
        case Opcode.PREFIX -> {
          int second = cursor.readUnsigned();
          int operands = cursor.position();
          skipPrefixedOperands(second);
          return new Plain(Opcode.PREFIXED | second, cursor.since(operands));
        }
        default -> {
          skipOperands(opcode);
          return new Plain(opcode, cursor.since(start));
        }
      }
    }

    private void skipOperands(int opcode) {
      switch (opcode) {
        case Opcode.CALL, Opcode.GLOBAL_GET, Opcode.GLOBAL_SET -> cursor.readUnsigned();
        case Opcode.CALL_INDIRECT -> {
          cursor.readUnsigned();
          cursor.readUnsigned();
        }
        case Opcode.MEMORY_SIZE, Opcode.MEMORY_GROW -> cursor.readByte();
        case Opcode.I32_CONST, Opcode.I64_CONST -> cursor.readSigned();
        case Opcode.F32_CONST -> cursor.readBytes(Float.BYTES);
        case Opcode.F64_CONST -> cursor.readBytes(Double.BYTES);
        default -> {
          if (opcode >= Opcode.FIRST_MEMORY_ACCESS && opcode <= Opcode.LAST_MEMORY_ACCESS) {
            cursor.readUnsigned();
            cursor.readUnsigned();
          } else if (!hasNoOperands(opcode)) {
            throw new IllegalArgumentException("Unknown opcode 0x" + Integer.toHexString(opcode));
          }
        }
      }
    }

    private static boolean hasNoOperands(int opcode) {
      return opcode <= 1
          || opcode == Opcode.RETURN
          || opcode == Opcode.DROP
          || opcode == Opcode.SELECT
          || (opcode >= Opcode.FIRST_NUMERIC && opcode <= Opcode.LAST_NUMERIC);
    }

    private void skipPrefixedOperands(int second) {
      switch (second) {
        case 8 -> { // memory.init
          cursor.readUnsigned();
          cursor.readByte();
        }
        case 9 -> cursor.readUnsigned(); // data.drop
        case 10 -> cursor.readBytes(2); // memory.copy
        case 11 -> cursor.readByte(); // memory.fill
        default -> {
          if (second > 7) { // 0 to 7: saturating truncation, no operands
            throw new IllegalArgumentException("Unknown opcode 0xfc " + second);
          }
        }
      }
    }

    private Label label(int depth) {
      int index = enclosing.size() - 1 - depth;
      return index >= 0 ? enclosing.get(index) : Label.FunctionEnd.RETURN;
    }
  }

  private static final class Encoder {
    private final ByteSink sink;
    private final List<Block> enclosing = new ArrayList<>();

    Encoder(ByteSink sink) {
      this.sink = sink;
    }

    void sequence(List<Node> nodes) {
      for (Node node : nodes) {
        switch (node) {
          case Block block -> block(block);
          case Branch branch ->
              sink.writeByte(branch.opcode()).writeUnsigned(depth(branch.target()));
          case BranchTable table -> {
            sink.writeByte(Opcode.BR_TABLE).writeUnsigned(table.targets().size());
            table.all().forEach(target -> sink.writeUnsigned(depth(target)));
          }
          case Local local -> sink.writeByte(local.opcode()).writeUnsigned(local.index());
          case Plain plain -> {
            if (plain.opcode >= Opcode.PREFIXED) {
              sink.writeByte(Opcode.PREFIX).writeUnsigned(plain.opcode & 0xff);
            } else {
              sink.writeByte(plain.opcode);
            }
            sink.writeBytes(plain.operands);
          }
        }
      }
    }

    private void block(Block block) {
      sink.writeByte(block.opcode).writeSigned(block.blockType);
      enclosing.add(block);
      sequence(block.body);
      if (block.otherwise != null) {
        sink.writeByte(Opcode.ELSE);
        sequence(block.otherwise);
      }
      enclosing.removeLast();
      sink.writeByte(Opcode.END);
    }

    private int depth(Label label) {
      if (!(label instanceof Block block)) {
        return enclosing.size();
      }
      for (int i = enclosing.size() - 1; i >= 0; i--) {
        if (enclosing.get(i) == block) {
          return enclosing.size() - 1 - i;
        }
      }
      throw new IllegalStateException("Branch to a block that does not enclose it");
    }
  }
}
