package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StorableText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows in the binary format of PostgreSQL's COPY, each value in the binary form of its type.
 * Keeps its buffer between uses. Not safe for use by several threads.
 */
final class CopyBinaryEncoder {
  private static final byte[] HEADER = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int FLAGS_AND_EXTENSION = 8;
  private static final int INITIAL_CAPACITY = 64 * 1024;

  /** 2000-01-01, where PostgreSQL's time begins. */
  private static final long EPOCH_SECONDS = 946_684_800L;

  private static final byte JSONB_VERSION = 1;

  private static final int BASE = 10_000;
  private static final int BASE_DIGITS = 4;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);
  private static final short NEGATIVE = 0x4000;
  private static final int LONG_BITS = 63;

  private byte[] buffer = new byte[INITIAL_CAPACITY];
  private int length;
  private short[] digits = new short[32];

  /** Forgets what was written and begins a new stream. */
  void begin() {
    length = 0;
    need(HEADER.length + FLAGS_AND_EXTENSION);
    System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
    length = HEADER.length;
    int4Raw(0);
    int4Raw(0);
  }

  /** Begins a row of so many values. */
  void row(int columns) {
    int2Raw((short) columns);
  }

  /** Forgets what was handed on; the stream goes on. */
  void handedOn() {
    length = 0;
  }

  /** Ends the stream. */
  void end() {
    int2Raw((short) -1);
  }

  /** The stream so far is the first {@link #length} bytes of this. */
  byte[] buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  void nothing() {
    int4Raw(-1);
  }

  void bool(boolean value) {
    int4Raw(1);
    need(1);
    buffer[length++] = (byte) (value ? 1 : 0);
  }

  /** What is beyond the type is written as its bound. */
  void int2(@Nullable Integer value) {
    if (value == null) {
      nothing();
    } else {
      int4Raw(Short.BYTES);
      int2Raw((short) Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE));
    }
  }

  /** What is beyond the type is written as its bound. */
  void int4AtMost(@Nullable Long value) {
    int4(
        value == null
            ? null
            : Integer.valueOf(Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE)));
  }

  void int4(@Nullable Integer value) {
    if (value == null) {
      nothing();
    } else {
      int4Raw(Integer.BYTES);
      int4Raw(value);
    }
  }

  void int8(@Nullable Long value) {
    if (value == null) {
      nothing();
    } else {
      int4Raw(Long.BYTES);
      int8Raw(value);
    }
  }

  /** To about seven digits. */
  void float4(@Nullable Double value) {
    if (value == null) {
      nothing();
    } else {
      int4Raw(Float.BYTES);
      int4Raw(Float.floatToIntBits(value.floatValue()));
    }
  }

  /** To the microsecond; what is finer is cut off. */
  void timestamptz(Instant value) {
    int4Raw(Long.BYTES);
    long seconds = Math.subtractExact(value.getEpochSecond(), EPOCH_SECONDS);
    int8Raw(Math.addExact(Math.multiplyExact(seconds, 1_000_000L), value.getNano() / 1_000));
  }

  void text(@Nullable String value) {
    String storable = StorableText.of(value);
    if (storable == null) {
      nothing();
    } else {
      bytes(storable.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** As {@code hex_bytes} of the database makes it of a text. */
  void hex(@Nullable String value) {
    String storable = StorableText.of(value);
    if (storable == null) {
      nothing();
    } else if (isHex(storable)) {
      bytes(HexFormat.of().parseHex(storable));
    } else {
      byte[] utf8 = storable.getBytes(StandardCharsets.UTF_8);
      byte[] marked = new byte[utf8.length + 1];
      System.arraycopy(utf8, 0, marked, 1, utf8.length);
      bytes(marked);
    }
  }

  private static boolean isHex(String text) {
    if (text.isEmpty() || text.length() % 2 > 0 || text.startsWith("00")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** The text must be valid JSON. */
  void jsonb(@Nullable String json) {
    if (json == null) {
      nothing();
      return;
    }
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    int4Raw(utf8.length + 1);
    need(utf8.length + 1);
    buffer[length++] = JSONB_VERSION;
    put(utf8);
  }

  /** Any value that {@code numeric} can hold, in full. */
  void numeric(BigDecimal value) {
    BigDecimal decimal = value.scale() < 0 ? value.setScale(0) : value;
    int scale = decimal.scale();
    int padding = (BASE_DIGITS - scale % BASE_DIGITS) % BASE_DIGITS;
    BigInteger unscaled = decimal.unscaledValue().abs();
    if (padding > 0) {
      unscaled = unscaled.multiply(BigInteger.TEN.pow(padding));
    }
    int count = digitsOf(unscaled);
    // Digits are found from the lowest up and are written from the highest down.
    int weight = count - 1 - (scale + padding) / BASE_DIGITS;
    int lowest = 0;
    while (lowest < count && digits[lowest] == 0) {
      lowest++;
    }
    int4Raw(2 * (4 + count - lowest));
    int2Raw((short) (count - lowest));
    int2Raw((short) (count == 0 ? 0 : weight));
    int2Raw(value.signum() < 0 ? NEGATIVE : 0);
    int2Raw((short) scale);
    for (int i = count - 1; i >= lowest; i--) {
      int2Raw(digits[i]);
    }
  }

  /** Fills {@link #digits} to base 10,000, lowest first, and returns how many there are. */
  private int digitsOf(BigInteger magnitude) {
    int count = 0;
    BigInteger high = magnitude;
    while (high.bitLength() > LONG_BITS) {
      BigInteger[] parts = high.divideAndRemainder(BIG_BASE);
      digit(count++, parts[1].intValue());
      high = parts[0];
    }
    for (long rest = high.longValue(); rest > 0; rest /= BASE) {
      digit(count++, (int) (rest % BASE));
    }
    return count;
  }

  private void digit(int at, int value) {
    if (at == digits.length) {
      digits = Arrays.copyOf(digits, digits.length * 2);
    }
    digits[at] = (short) value;
  }

  private void bytes(byte[] value) {
    int4Raw(value.length);
    put(value);
  }

  private void put(byte[] value) {
    need(value.length);
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
  }

  private void int2Raw(short value) {
    need(Short.BYTES);
    buffer[length++] = (byte) (value >>> 8);
    buffer[length++] = (byte) value;
  }

  private void int4Raw(int value) {
    need(Integer.BYTES);
    buffer[length++] = (byte) (value >>> 24);
    buffer[length++] = (byte) (value >>> 16);
    buffer[length++] = (byte) (value >>> 8);
    buffer[length++] = (byte) value;
  }

  private void int8Raw(long value) {
    int4Raw((int) (value >>> 32));
    int4Raw((int) value);
  }

  private void need(int bytes) {
    int wanted = Math.addExact(length, bytes);
    if (wanted > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(wanted, (int) Math.min(buffer.length * 2L, 1 << 30)));
    }
  }
}
