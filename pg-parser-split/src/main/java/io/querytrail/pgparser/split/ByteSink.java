package io.querytrail.pgparser.split;

import java.io.ByteArrayOutputStream;

/** Writes WebAssembly's binary encoding. */
final class ByteSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ByteSink writeByte(int value) {
    bytes.write(value);
    return this;
  }

  ByteSink writeUnsigned(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes.write(rest);
    return this;
  }

  ByteSink writeSigned(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      bytes.write((int) (rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    bytes.write((int) (rest & 0x7f));
    return this;
  }

  ByteSink writeBytes(byte[] value) {
    bytes.writeBytes(value);
    return this;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
