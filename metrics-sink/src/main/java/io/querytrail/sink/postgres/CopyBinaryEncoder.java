package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StorableText;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows in the binary format of PostgreSQL's COPY, each value in the binary form of its type.
 * For use by one thread at a time.
 */
final class CopyBinaryEncoder {
  /** Takes the stream piece by piece. */
  interface Output {
    void write(byte[] bytes, int offset, int length) throws SQLException;
  }

  /** A place in a piece for a number that was not known yet. */
  private record Gap(int piece, int at, IntSupplier value) {}

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Signature, flags, length of the extension. */
  private static final byte[] HEADER =
      "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] TRAILER = {-1, -1};
  private static final int INITIAL_CAPACITY = 4 * 1024;
  private static final int PIECE_BYTES = 64 * 1024;

  /** 2000-01-01, where PostgreSQL's time begins. */
  private static final long EPOCH_SECONDS = 946_684_800L;

  private static final byte JSONB_VERSION = 1;

  private static final int BASE = 10_000;
  private static final int BASE_DIGITS = 4;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);
  private static final short NEGATIVE = 0x4000;
  private static final int LONG_BITS = 63;

  /** Of each ASCII character as a hexadecimal digit; -1 where it is none. */
  private static final byte[] HEX_DIGITS = hexDigits();

  /** Full ones, whole rows each; what follows them is in the buffer. */
  private final List<byte[]> pieces = new ArrayList<>();

  private final List<Gap> gaps = new ArrayList<>();
  private byte[] buffer = new byte[INITIAL_CAPACITY];
  private int length;
  private short[] digits = new short[32];

  private static byte[] hexDigits() {
    byte[] digits = new byte[128];
    for (int c = 0; c < digits.length; c++) {
      // Upper case would come back as lower case.
      digits[c] = (byte) (c >= 'A' && c <= 'F' ? -1 : Character.digit(c, 16));
    }
    return digits;
  }

  /** Begins a row of so many values. */
  void beginRow(int columns) {
    need(Short.BYTES);
    SHORT.set(buffer, length, (short) columns);
    length += Short.BYTES;
  }

  void endRow() {
    if (length >= PIECE_BYTES) {
      pieces.add(Arrays.copyOf(buffer, length));
      length = 0;
    }
  }

  /** True before the first row. */
  boolean isEmpty() {
    return pieces.isEmpty() && length == 0;
  }

  /** Writes the whole stream; may be done more than once. */
  void writeTo(Output output) throws SQLException {
    output.write(HEADER, 0, HEADER.length);
    for (byte[] piece : pieces) {
      output.write(piece, 0, piece.length);
    }
    output.write(buffer, 0, length);
    output.write(TRAILER, 0, TRAILER.length);
  }

  void nothing() {
    need(Integer.BYTES);
    INT.set(buffer, length, -1);
    length += Integer.BYTES;
  }

  void bool(boolean value) {
    beginValue(1);
    buffer[length++] = (byte) (value ? 1 : 0);
  }

  /** What is beyond the type is written as its bound. */
  void int2(@Nullable Integer value) {
    if (value == null) {
      nothing();
    } else {
      beginValue(Short.BYTES);
      shortRaw(Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE));
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
      int4Raw(value);
    }
  }

  private void int4Raw(int value) {
    beginValue(Integer.BYTES);
    INT.set(buffer, length, value);
    length += Integer.BYTES;
  }

  /** Leaves room for a number that {@link #fillIn} asks for. */
  void int4Later(IntSupplier value) {
    int4Raw(0);
    gaps.add(new Gap(pieces.size(), length - Integer.BYTES, value));
  }

  /** Asks for all numbers that were left open, once more where it had been done before. */
  void fillIn() {
    for (Gap gap : gaps) {
      byte[] piece = gap.piece() < pieces.size() ? pieces.get(gap.piece()) : buffer;
      INT.set(piece, gap.at(), gap.value().getAsInt());
    }
  }

  void int8(@Nullable Long value) {
    if (value == null) {
      nothing();
    } else {
      int8Raw(value);
    }
  }

  private void int8Raw(long value) {
    beginValue(Long.BYTES);
    LONG.set(buffer, length, value);
    length += Long.BYTES;
  }

  /** To about seven digits. */
  void float4(@Nullable Double value) {
    if (value == null) {
      nothing();
    } else {
      int4Raw(Float.floatToIntBits(value.floatValue()));
    }
  }

  /** To the microsecond; what is finer is cut off. */
  void timestamptz(Instant value) {
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
    } else if (!hexBytes(storable)) {
      byte[] utf8 = storable.getBytes(StandardCharsets.UTF_8);
      beginValue(1 + utf8.length);
      buffer[length++] = 0;
      put(utf8);
    }
  }

  /** Writes nothing and returns false where the text is not as {@code hex_bytes} wants it. */
  private boolean hexBytes(String text) {
    int count = text.length() / 2;
    if (text.isEmpty() || text.length() % 2 > 0 || text.startsWith("00")) {
      return false;
    }
    need(Integer.BYTES + count);
    int at = length + Integer.BYTES;
    for (int i = 0; i < count; i++) {
      char high = text.charAt(2 * i);
      char low = text.charAt(2 * i + 1);
      int value = (high | low) < 128 ? HEX_DIGITS[high] << 4 | HEX_DIGITS[low] : -1;
      if (value < 0) {
        return false;
      }
      buffer[at + i] = (byte) value;
    }
    beginValue(count);
    length += count;
    return true;
  }

  /** The text must be valid JSON. */
  void jsonb(@Nullable String json) {
    if (json == null) {
      nothing();
      return;
    }
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    beginValue(1 + utf8.length);
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
    beginValue(Short.BYTES * (4 + count - lowest));
    shortRaw(count - lowest);
    shortRaw(count == 0 ? 0 : weight);
    shortRaw(value.signum() < 0 ? NEGATIVE : 0);
    shortRaw(scale);
    for (int i = count - 1; i >= lowest; i--) {
      shortRaw(digits[i]);
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
    beginValue(value.length);
    put(value);
  }

  private void put(byte[] value) {
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
  }

  private void shortRaw(int value) {
    SHORT.set(buffer, length, (short) value);
    length += Short.BYTES;
  }

  /** Begins a value of so many bytes, for which there is room from then on. */
  private void beginValue(int bytes) {
    need(Math.addExact(Integer.BYTES, bytes));
    INT.set(buffer, length, bytes);
    length += Integer.BYTES;
  }

  private void need(int bytes) {
    int wanted = Math.addExact(length, bytes);
    if (wanted > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(wanted, (int) Math.min(buffer.length * 2L, 1 << 30)));
    }
  }
}
