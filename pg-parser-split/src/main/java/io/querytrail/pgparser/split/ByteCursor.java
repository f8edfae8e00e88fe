package io.querytrail.pgparser.split;

import java.util.Arrays;

/** Reads WebAssembly's binary encoding from a byte array. */
final class ByteCursor {
  private final byte[] bytes;
  private int position;

  ByteCursor(byte[] bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  ByteCursor(byte[] bytes) {
    this(bytes, 0);
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position == bytes.length;
  }

  int readByte() {
    return bytes[position++] & 0xff;
  }

  int readUnsigned() {
    int value = 0;
    int shift = 0;
    while (true) {
      int next = readByte();
      value |= (next & 0x7f) << shift;
      shift += 7;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
  }

  long readSigned() {
    long value = 0;
    int shift = 0;
    while (true) {
      int next = readByte();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
      if ((next & 0x80) == 0) {
        boolean negative = (next & 0x40) != 0 && shift < Long.SIZE;
        return negative ? value | (-1L << shift) : value;
      }
    }
  }

  byte[] readBytes(int count) {
    byte[] result = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return result;
  }

  byte[] since(int start) {
    return Arrays.copyOfRange(bytes, start, position);
  }
}
