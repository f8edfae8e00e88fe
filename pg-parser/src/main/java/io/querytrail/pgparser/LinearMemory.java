package io.querytrail.pgparser;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The parser's memory as one array with a hole. The C stack reserves 32 MiB and grows down; the
 * part that no statement within our limits reaches has no bytes behind it, and an access there
 * throws {@link IndexOutOfBoundsException}. Not thread-safe.
 */
final class LinearMemory implements Memory {
  private static final int HOLE_START = 1 << 20;
  private static final int HOLE_END = 32 << 20;
  private static final int HOLE_BYTES = HOLE_END - HOLE_START;
  private static final int OUTSIDE = -1;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private final MemoryLimits limits;
  private byte[] bytes;
  private int pages;
  private long[] globals = {};
  private DataSegment[] segments = new DataSegment[0];

  LinearMemory(MemoryLimits limits) {
    this.limits = limits;
    this.pages = limits.initialPages();
    this.bytes = new byte[pages * PAGE_SIZE - HOLE_BYTES];
  }

  /** Brings the globals to where the compiled code looks for them. */
  void takeGlobals(Instance instance, int count) {
    globals = new long[count];
    for (int i = 0; i < count; i++) {
      globals[i] = instance.global(i).getValue();
    }
  }

  /** Index of an address of which up to eight bytes are used, or {@link #OUTSIDE}. */
  private static int index(int address) {
    if (Integer.compareUnsigned(address, HOLE_START - Long.BYTES) <= 0) {
      return address;
    }
    return address - HOLE_BYTES >= HOLE_START ? address - HOLE_BYTES : OUTSIDE;
  }

  /** Index of the first of {@code size} bytes that lie on one side of the hole. */
  private static int range(int address, int size) {
    int first = index(address);
    if (first == OUTSIDE || index(address + size - 1) - first != size - 1) {
      throw new IndexOutOfBoundsException("No memory at " + address);
    }
    return first;
  }

  @Override
  public int pages() {
    return pages;
  }

  @Override
  public int grow(int by) {
    int before = pages;
    if (by < 0 || before + by > maximumPages()) {
      return -1;
    }
    pages = before + by;
    bytes = Arrays.copyOf(bytes, pages * PAGE_SIZE - HOLE_BYTES);
    return before;
  }

  @Override
  public int initialPages() {
    return limits.initialPages();
  }

  @Override
  public int maximumPages() {
    return limits.maximumPages();
  }

  @Override
  public void initialize(Instance instance, DataSegment[] dataSegments) {
    segments = dataSegments == null ? segments : dataSegments;
    for (DataSegment segment : segments) {
      if (segment instanceof ActiveDataSegment active) {
        var offset = ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions());
        write((int) offset[0], active.data(), 0, active.data().length);
      }
    }
  }

  @Override
  public void initPassiveSegment(int segmentId, int target, int offset, int size) {
    write(target, segments[segmentId].data(), offset, size);
  }

  @Override
  public void drop(int segment) {}

  @Override
  public void write(int address, byte[] data, int offset, int size) {
    if (size > 0) {
      System.arraycopy(data, offset, bytes, range(address, size), size);
    }
  }

  @Override
  public byte[] readBytes(int address, int size) {
    int first = index(address);
    return Arrays.copyOfRange(bytes, first, first + size);
  }

  /** The bytes from the address to the next zero byte. */
  byte[] readUntilZero(int address) {
    int first = range(address, 1);
    int end = first;
    while (bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(bytes, first, end);
  }

  @Override
  public void fill(byte value, int from, int to) {
    if (to > from) {
      int first = range(from, to - from);
      Arrays.fill(bytes, first, first + to - from, value);
    }
  }

  @Override
  public void copy(int target, int source, int size) {
    if (size > 0) {
      System.arraycopy(bytes, range(source, size), bytes, range(target, size), size);
    }
  }

  @Override
  public void zero() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public byte read(int address) {
    return bytes[index(address)];
  }

  @Override
  public void writeByte(int address, byte value) {
    bytes[index(address)] = value;
  }

  @Override
  public short readShort(int address) {
    return (short) SHORT.get(bytes, index(address));
  }

  @Override
  public long readU16(int address) {
    return readShort(address) & 0xffff;
  }

  @Override
  public void writeShort(int address, short value) {
    SHORT.set(bytes, index(address), value);
  }

  @Override
  public int readInt(int address) {
    return (int) INT.get(bytes, index(address));
  }

  @Override
  public void writeI32(int address, int value) {
    INT.set(bytes, index(address), value);
  }

  @Override
  public long readLong(int address) {
    return (long) LONG.get(bytes, index(address));
  }

  @Override
  public void writeLong(int address, long value) {
    LONG.set(bytes, index(address), value);
  }

  @Override
  public float readFloat(int address) {
    return (float) FLOAT.get(bytes, index(address));
  }

  @Override
  public long readF32(int address) {
    return Float.floatToRawIntBits(readFloat(address)) & 0xffffffffL;
  }

  @Override
  public void writeF32(int address, float value) {
    FLOAT.set(bytes, index(address), value);
  }

  @Override
  public double readDouble(int address) {
    return (double) DOUBLE.get(bytes, index(address));
  }

  @Override
  public long readF64(int address) {
    return Double.doubleToRawLongBits(readDouble(address));
  }

  @Override
  public void writeF64(int address, double value) {
    DOUBLE.set(bytes, index(address), value);
  }

  // ---- what the compiled code calls (the build directs it here): an address is a base and an
  // offset

  static long readGlobal(int index, Memory memory) {
    return ((LinearMemory) memory).globals[index];
  }

  static void writeGlobal(long value, int index, Memory memory) {
    ((LinearMemory) memory).globals[index] = value;
  }

  /** Both are unsigned: a sum that overflows must not lead back into the memory. */
  private static int index(int base, int offset) {
    return index(base < 0 ? base : base + offset);
  }

  static byte memoryReadByte(int base, int offset, Memory memory) {
    return ((LinearMemory) memory).bytes[index(base, offset)];
  }

  static void memoryWriteByte(int base, byte value, int offset, Memory memory) {
    ((LinearMemory) memory).bytes[index(base, offset)] = value;
  }

  static short memoryReadShort(int base, int offset, Memory memory) {
    return (short) SHORT.get(((LinearMemory) memory).bytes, index(base, offset));
  }

  static void memoryWriteShort(int base, short value, int offset, Memory memory) {
    SHORT.set(((LinearMemory) memory).bytes, index(base, offset), value);
  }

  static int memoryReadInt(int base, int offset, Memory memory) {
    return (int) INT.get(((LinearMemory) memory).bytes, index(base, offset));
  }

  static void memoryWriteInt(int base, int value, int offset, Memory memory) {
    INT.set(((LinearMemory) memory).bytes, index(base, offset), value);
  }

  static long memoryReadLong(int base, int offset, Memory memory) {
    return (long) LONG.get(((LinearMemory) memory).bytes, index(base, offset));
  }

  static void memoryWriteLong(int base, long value, int offset, Memory memory) {
    LONG.set(((LinearMemory) memory).bytes, index(base, offset), value);
  }

  static double memoryReadDouble(int base, int offset, Memory memory) {
    return (double) DOUBLE.get(((LinearMemory) memory).bytes, index(base, offset));
  }

  static void memoryWriteDouble(int base, double value, int offset, Memory memory) {
    DOUBLE.set(((LinearMemory) memory).bytes, index(base, offset), value);
  }

  // ---- one thread owns the memory, so there is nothing to share or wait for

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  @SuppressWarnings("removal")
  public Object lock(int address) {
    throw new UnsupportedOperationException();
  }

  @Override
  @SuppressWarnings("removal")
  public int waitOn(int address, int expected, long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  @SuppressWarnings("removal")
  public int waitOn(int address, long expected, long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  @SuppressWarnings("removal")
  public int notify(int address, int maxThreads) {
    throw new UnsupportedOperationException();
  }
}
