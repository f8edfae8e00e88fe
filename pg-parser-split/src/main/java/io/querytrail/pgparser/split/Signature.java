package io.querytrail.pgparser.split;

import java.util.List;

/** A function type: value types of parameters and results. */
record Signature(List<Integer> parameters, List<Integer> results) {
  Signature {
    parameters = List.copyOf(parameters);
    results = List.copyOf(results);
  }

  static Signature read(ByteCursor cursor) {
    if (cursor.readByte() != 0x60) {
      throw new IllegalArgumentException("Not a function type");
    }
    return new Signature(readTypes(cursor), readTypes(cursor));
  }

  private static List<Integer> readTypes(ByteCursor cursor) {
    int count = cursor.readUnsigned();
    return java.util.stream.IntStream.range(0, count).mapToObj(i -> cursor.readByte()).toList();
  }

  void write(ByteSink sink) {
    sink.writeByte(0x60).writeUnsigned(parameters.size());
    parameters.forEach(sink::writeByte);
    sink.writeUnsigned(results.size());
    results.forEach(sink::writeByte);
  }
}
