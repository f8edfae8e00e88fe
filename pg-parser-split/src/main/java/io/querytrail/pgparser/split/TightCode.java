package io.querytrail.pgparser.split;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the code of one method:
 *
 * <ul>
 *   <li>No look at the thread's interrupt flag at each call and loop: it would make the result of a
 *       parse depend on who waits for it.
 *   <li>Memory and globals are reached through the one class that holds them, not through an
 *       interface and a registry.
 *   <li>A comparison with a branch on its result becomes a branch.
 * </ul>
 */
final class TightCode implements CodeTransform {
  private static final ClassDesc OPERATIONS =
      ClassDesc.of("com.dylibso.chicory.runtime.OpcodeImpl");
  private static final ClassDesc INSTANCE = ClassDesc.of("com.dylibso.chicory.runtime.Instance");
  private static final ClassDesc MEMORY = ClassDesc.of("com.dylibso.chicory.runtime.Memory");
  private static final MethodTypeDesc TWO_INTS =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);

  /** The branch that is taken if a comparison holds. */
  private record Comparison(Opcode ifTrue, Opcode ifFalse, boolean unsigned) {}

  private static final Map<String, Comparison> COMPARISONS =
      Map.of(
          "I32_EQZ", new Comparison(Opcode.IFEQ, Opcode.IFNE, false),
          "I32_EQ", new Comparison(Opcode.IF_ICMPEQ, Opcode.IF_ICMPNE, false),
          "I32_NE", new Comparison(Opcode.IF_ICMPNE, Opcode.IF_ICMPEQ, false),
          "I32_LT_S", new Comparison(Opcode.IF_ICMPLT, Opcode.IF_ICMPGE, false),
          "I32_LE_S", new Comparison(Opcode.IF_ICMPLE, Opcode.IF_ICMPGT, false),
          "I32_GT_S", new Comparison(Opcode.IF_ICMPGT, Opcode.IF_ICMPLE, false),
          "I32_GE_S", new Comparison(Opcode.IF_ICMPGE, Opcode.IF_ICMPLT, false),
          "I32_LT_U", new Comparison(Opcode.IFLT, Opcode.IFGE, true),
          "I32_LE_U", new Comparison(Opcode.IFLE, Opcode.IFGT, true),
          "I32_GT_U", new Comparison(Opcode.IFGT, Opcode.IFLE, true));

  private final ClassDesc memory;
  private final ClassDesc support;
  private final int slotOfInstance;
  private @Nullable CodeElement held;

  TightCode(ClassDesc memory, ClassDesc support, int slotOfInstance) {
    this.memory = memory;
    this.support = support;
    this.slotOfInstance = slotOfInstance;
  }

  /** Where a function finds its instance, with the memory in the slot before it; or -1. */
  static int slotOfInstance(MethodModel method) {
    MethodTypeDesc type = method.methodTypeSymbol();
    int last = type.parameterCount() - 1;
    if (last < 1
        || !type.parameterType(last).equals(INSTANCE)
        || !type.parameterType(last - 1).equals(MEMORY)) {
      return -1;
    }
    int slot = 0;
    for (int i = 0; i < last; i++) {
      String descriptor = type.parameterType(i).descriptorString();
      slot += descriptor.equals("J") || descriptor.equals("D") ? 2 : 1;
    }
    return slot;
  }

  @Override
  public void accept(CodeBuilder builder, CodeElement element) {
    CodeElement before = held;
    held = null;
    if (element instanceof InvokeInstruction call && replaced(builder, before, call)) {
      return;
    }
    if (element instanceof BranchInstruction branch
        && before instanceof InvokeInstruction comparison
        && branched(builder, comparison, branch)) {
      return;
    }
    if (before != null) {
      builder.with(before);
    }
    if (isComparison(element) || isLoadOfInstance(element)) {
      held = element;
    } else {
      builder.with(element);
    }
  }

  @Override
  public void atEnd(CodeBuilder builder) {
    if (held != null) {
      builder.with(held);
    }
  }

  private static boolean isComparison(CodeElement element) {
    return element instanceof InvokeInstruction call
        && call.owner().matches(OPERATIONS)
        && COMPARISONS.containsKey(call.name().stringValue());
  }

  private boolean isLoadOfInstance(CodeElement element) {
    return element instanceof LoadInstruction load
        && load.opcode() != Opcode.ILOAD
        && load.slot() == slotOfInstance;
  }

  private boolean replaced(
      CodeBuilder builder, @Nullable CodeElement before, InvokeInstruction call) {
    String name = call.name().stringValue();
    if (call.owner().matches(support)) {
      if (name.equals("checkInterruption")) {
        held = before;
        return true;
      }
      if (name.equals("readGlobal") || name.equals("writeGlobal")) {
        if (before == null || !isLoadOfInstance(before)) {
          throw new IllegalStateException("A global is not reached as the compiler used to do it");
        }
        builder.aload(slotOfInstance - 1);
        builder.invokestatic(memory, name, onMemory(call));
        return true;
      }
      if (name.startsWith("memoryRead") || name.startsWith("memoryWrite")) {
        flush(builder, before);
        builder.invokestatic(memory, name, call.typeSymbol());
        return true;
      }
    }
    return false;
  }

  private static void flush(CodeBuilder builder, @Nullable CodeElement before) {
    if (before != null) {
      builder.with(before);
    }
  }

  private MethodTypeDesc onMemory(InvokeInstruction call) {
    MethodTypeDesc type = call.typeSymbol();
    return type.changeParameterType(type.parameterCount() - 1, MEMORY);
  }

  private static boolean branched(
      CodeBuilder builder, InvokeInstruction call, BranchInstruction branch) {
    Comparison comparison = COMPARISONS.get(call.name().stringValue());
    boolean onTrue = branch.opcode() == Opcode.IFNE;
    if (comparison == null || !onTrue && branch.opcode() != Opcode.IFEQ) {
      return false;
    }
    if (comparison.unsigned()) {
      builder.invokestatic(ConstantDescs.CD_Integer, "compareUnsigned", TWO_INTS);
    }
    builder.branch(onTrue ? comparison.ifTrue() : comparison.ifFalse(), branch.target());
    return true;
  }
}
