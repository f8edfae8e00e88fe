package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.postgres.CopyTable.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the server reads from our binary form must be what it reads from its own text form, for
 * values at the edges and for many random ones. The seed stands in the failure.
 */
final class CopyBinaryEncoderIT {
  private static final int RANDOM_VALUES = 2_000;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final TestDatabase database = new TestDatabase(TestServers.newDatabase());
  private Connection connection;

  private record Numbered<T>(int number, T value) {}

  @BeforeEach
  void connect() throws SQLException {
    connection = database.connect();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** Copies the values, and counts those that differ from their text cast to the type. */
  private <T> void assertReadBack(
      String type,
      List<T> values,
      BiConsumer<CopyBinaryEncoder, T> encode,
      Function<T, String> text)
      throws SQLException {
    database.execute("DROP TABLE IF EXISTS copied");
    database.execute("CREATE TABLE copied (number int, value " + type + ")");
    CopyTable<Numbered<T>> table =
        new CopyTable<>(
            "copied",
            List.of(
                new Column<>("number", (out, row) -> out.int4(row.number())),
                new Column<>("value", (out, row) -> encode.accept(out, row.value()))));
    List<Numbered<T>> rows =
        IntStream.range(0, values.size()).mapToObj(i -> new Numbered<>(i, values.get(i))).toList();
    table.write(connection, rows);

    List<String> differing = new ArrayList<>();
    try (PreparedStatement compare =
        connection.prepareStatement(
            "SELECT value::text, ?::%s::text FROM copied WHERE number = ?".formatted(type))) {
      for (Numbered<T> row : rows) {
        compare.setString(1, text.apply(row.value()));
        compare.setInt(2, row.number());
        try (ResultSet result = compare.executeQuery()) {
          assertThat(result.next()).isTrue();
          if (!result.getString(1).equals(result.getString(2))) {
            differing.add(result.getString(1) + " for " + result.getString(2));
          }
        }
      }
    }
    assertThat(differing).as("seed %d", seed).isEmpty();
  }

  @Test
  void writesMoneyOfAnyMagnitudeAndSign() throws Exception {
    List<BigDecimal> values = new ArrayList<>();
    for (String edge :
        List.of(
            "0",
            "0.000000000001",
            "-0.000000000001",
            "1",
            "-1",
            "9999",
            "10000",
            "10001",
            "99999999",
            "100000000",
            "0.0001",
            "0.00001",
            "1.5",
            "-1234567890123456.123456789012",
            "9999999999999999.999999999999",
            "-9999999999999999.999999999999",
            "1000000000000000",
            "10000.0001",
            "0.100000000000",
            "12E+3",
            "922337203685.4775807",
            "9223372036854.775808")) {
      values.add(new BigDecimal(edge));
      values.add(new BigDecimal(edge).setScale(12));
    }
    for (int i = 0; i < RANDOM_VALUES; i++) {
      values.add(new BigDecimal(new BigInteger(1 + random.nextInt(92), random), 12));
      values.add(BigDecimal.valueOf(random.nextLong(), 6 + random.nextInt(7)).negate());
    }
    values.removeIf(value -> value.abs().compareTo(new BigDecimal("1E+16")) >= 0);

    assertReadBack("numeric(28,12)", values, CopyBinaryEncoder::numeric, BigDecimal::toPlainString);
  }

  @Test
  void writesNumbersOfAnyScale() throws Exception {
    List<BigDecimal> values = new ArrayList<>();
    for (int i = 0; i < RANDOM_VALUES; i++) {
      BigDecimal value =
          new BigDecimal(new BigInteger(1 + random.nextInt(400), random), random.nextInt(60) - 20);
      values.add(random.nextBoolean() ? value : value.negate());
    }

    assertReadBack("numeric", values, CopyBinaryEncoder::numeric, BigDecimal::toPlainString);
  }

  @Test
  void writesInstants() throws Exception {
    List<Instant> values =
        new ArrayList<>(
            List.of(
                Instant.EPOCH,
                Instant.parse("2000-01-01T00:00:00Z"),
                Instant.parse("1999-12-31T23:59:59.999999Z"),
                Instant.parse("2026-11-30T23:59:59.999Z"),
                Instant.parse("9999-11-30T00:00:00Z")));
    for (int i = 0; i < RANDOM_VALUES; i++) {
      values.add(Instant.ofEpochMilli(random.nextLong(253_000_000_000_000L)));
    }

    assertReadBack("timestamptz", values, CopyBinaryEncoder::timestamptz, Instant::toString);
  }

  @Test
  void writesTextOfAnyCharacters() throws Exception {
    List<String> values = new ArrayList<>(List.of("", "\\", "\n\t'\"", "ä", "漢字", "😀", "\\N"));
    for (int i = 0; i < RANDOM_VALUES; i++) {
      values.add(text());
    }

    assertReadBack("text", values, CopyBinaryEncoder::text, value -> value);
  }

  @Test
  void writesTheOtherTypes() throws Exception {
    assertReadBack(
        "int",
        List.of(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE),
        CopyBinaryEncoder::int4,
        Object::toString);
    assertReadBack(
        "bigint",
        List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
        CopyBinaryEncoder::int8,
        Object::toString);
    assertReadBack(
        "real",
        List.of(0.0, -0.0, 1.5, 1e30, 123.456, Double.NaN, Double.POSITIVE_INFINITY),
        CopyBinaryEncoder::float4,
        Object::toString);
    assertReadBack(
        "smallint",
        List.of(0, 1, -1, 100_000, -100_000),
        CopyBinaryEncoder::int2,
        value -> Integer.toString(Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE)));
    assertReadBack(
        "int",
        List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
        CopyBinaryEncoder::int4AtMost,
        value -> Integer.toString(Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE)));
    assertReadBack("boolean", List.of(true, false), CopyBinaryEncoder::bool, Object::toString);
    assertReadBack(
        "jsonb",
        List.of("null", "[]", "{\"a\": [1, 2.50, \"x\\ny\"]}", "\"ä😀\""),
        CopyBinaryEncoder::jsonb,
        value -> value);
  }

  @Test
  void writesNullOfEachNullableType() throws Exception {
    database.execute(
        "CREATE TABLE nulls (a int, b bigint, c real, d text, e jsonb, f text[], g smallint, h bytea, i int)");
    new CopyTable<String>(
            "nulls",
            List.of(
                new Column<>("a", (out, row) -> out.int4(null)),
                new Column<>("b", (out, row) -> out.int8(null)),
                new Column<>("c", (out, row) -> out.float4(null)),
                new Column<>("d", (out, row) -> out.text(null)),
                new Column<>("e", (out, row) -> out.jsonb(null)),
                new Column<>("f", (out, row) -> out.nothing()),
                new Column<>("g", (out, row) -> out.int2(null)),
                new Column<>("h", (out, row) -> out.hex(null)),
                new Column<>("i", (out, row) -> out.int4AtMost(null))))
        .write(connection, List.of("one"));

    assertThat(database.value("SELECT num_nulls(a, b, c, d, e, f, g, h, i) FROM nulls"))
        .isEqualTo("9");
  }

  @Test
  void writesManyRowsInPiecesAndTheSameOnceMore() throws Exception {
    database.execute("CREATE TABLE copied (number int, value text, later int)");
    Map<Integer, Integer> known = new HashMap<>();
    CopyTable<Numbered<String>>.Rows rows =
        new CopyTable<Numbered<String>>(
                "copied",
                List.of(
                    new Column<>("number", (out, row) -> out.int4(row.number())),
                    new Column<>("value", (out, row) -> out.text(row.value())),
                    new Column<>(
                        "later",
                        (out, row) -> out.int4Later(() -> known.getOrDefault(row.number(), 0)))))
            .newRows();
    int count = 2_000;
    for (int i = 0; i < count; i++) {
      // Some are longer than a piece.
      rows.add(new Numbered<>(i, "x".repeat(i % 500 == 7 ? 200_000 : i)));
    }

    rows.write(connection);
    assertThat(database.value("SELECT count(*), count(*) FILTER (WHERE later = 0) FROM copied"))
        .isEqualTo("2000|2000");
    database.execute("TRUNCATE copied");
    IntStream.range(0, count).forEach(i -> known.put(i, i + 1));
    rows.write(connection);

    assertThat(
            database.value(
                """
                SELECT count(*) FROM copied
                WHERE later = number + 1
                  AND length(value) = CASE WHEN number % 500 = 7 THEN 200000 ELSE number END
                """))
        .isEqualTo("2000");
  }

  @Test
  void cutsOffWhatIsFinerThanAMicrosecond() throws Exception {
    Instant fine = Instant.parse("2026-11-21T10:00:00.123456789Z");
    assertReadBack(
        "timestamptz",
        List.of(fine),
        CopyBinaryEncoder::timestamptz,
        value -> OffsetDateTime.ofInstant(value, ZoneOffset.UTC).withNano(123_456_000).toString());
  }

  private String text() {
    return random
        .ints(random.nextInt(40), 1, 0x2FFF)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
