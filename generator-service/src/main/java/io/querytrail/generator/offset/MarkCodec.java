package io.querytrail.generator.offset;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Marks as text beside a committed offset, never longer than {@link #MAX_LENGTH}.
 *
 * <p>A version digit and a colon, then in URL-safe Base64: a checksum over the position and all
 * that follows (4 bytes), the distance from position to end, and what is finished in between,
 * either as lengths of alternating runs that begin with a finished one, or as a bitmap, whichever
 * is shorter. Numbers are in groups of 7 bits, lowest first. What is not told is unfinished, so a
 * window too long to be told whole only makes the next owner more careful.
 */
public final class MarkCodec {
  /** Brokers take 4,096 characters by default ({@code offset.metadata.max.bytes}). */
  public static final int MAX_LENGTH = 4_000;

  private static final String VERSION = "1:";
  private static final int RUNS = 0;
  private static final int BITMAP = 1;
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  /** Leaves room for the checksum, the distance and the kind. */
  private static final int MAX_PAYLOAD_BYTES = (MAX_LENGTH - VERSION.length()) / 4 * 3 - 16;

  /** How many offsets from the position on can be told apart, in whatever order they finish. */
  static final int WINDOW = MAX_PAYLOAD_BYTES * Byte.SIZE;

  private MarkCodec() {}

  /** The text of a mark. */
  public static String encode(DispatchMark mark) {
    BitSet finished = mark.finished();
    byte[] runs = runs(finished);
    byte[] bitmap =
        finished.length() <= WINDOW
            ? finished.toByteArray()
            : finished.get(0, WINDOW).toByteArray();
    boolean shorter = runs.length <= Math.min(bitmap.length, MAX_PAYLOAD_BYTES);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    writeNumber(body, mark.end() - mark.position());
    body.write(shorter ? RUNS : BITMAP);
    body.writeBytes(shorter ? runs : bitmap);
    byte[] bytes = body.toByteArray();
    ByteBuffer whole = ByteBuffer.allocate(CHECKSUM_BYTES + bytes.length);
    whole.putInt(checksum(mark.position(), bytes)).put(bytes);
    return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array());
  }

  /**
   * The mark that was written beside this position; empty when the text is none of ours, damaged,
   * or was written for another position.
   */
  public static Optional<DispatchMark> decode(long position, String text) {
    if (!text.startsWith(VERSION)) {
      return Optional.empty();
    }
    try {
      byte[] whole = Base64.getUrlDecoder().decode(text.substring(VERSION.length()));
      if (whole.length < CHECKSUM_BYTES) {
        return Optional.empty();
      }
      byte[] bytes = Arrays.copyOfRange(whole, CHECKSUM_BYTES, whole.length);
      return ByteBuffer.wrap(whole).getInt() == checksum(position, bytes)
          ? Optional.of(read(position, ByteBuffer.wrap(bytes)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static DispatchMark read(long position, ByteBuffer bytes) {
    long distance = readNumber(bytes);
    int kind = next(bytes);
    BitSet finished =
        switch (kind) {
          case RUNS -> readRuns(bytes, distance);
          case BITMAP -> BitSet.valueOf(bytes);
          default -> throw new IllegalArgumentException("kind " + kind);
        };
    return new DispatchMark(position, position + distance, finished);
  }

  private static byte[] runs(BitSet finished) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    boolean set = true;
    while (at < finished.length()) {
      int end = set ? finished.nextClearBit(at) : finished.nextSetBit(at);
      writeNumber(out, end - at);
      at = end;
      set = !set;
    }
    return out.toByteArray();
  }

  private static BitSet readRuns(ByteBuffer bytes, long distance) {
    BitSet finished = new BitSet();
    int at = 0;
    boolean set = true;
    while (bytes.hasRemaining()) {
      long length = readNumber(bytes);
      if (length > Math.min(distance, Integer.MAX_VALUE) - at) {
        throw new IllegalArgumentException("a run ends beyond the end");
      }
      finished.set(at, at + (int) length, set);
      at += (int) length;
      set = !set;
    }
    return finished;
  }

  private static void writeNumber(ByteArrayOutputStream out, long number) {
    long rest = number;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long readNumber(ByteBuffer bytes) {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int group = next(bytes);
      number |= (long) (group & 0x7F) << shift;
      if (group < 0x80) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number without an end");
  }

  private static int next(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      throw new IllegalArgumentException("the text ends too early");
    }
    return Byte.toUnsignedInt(bytes.get());
  }

  private static int checksum(long position, byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    checksum.update(bytes);
    return (int) checksum.getValue();
  }
}
