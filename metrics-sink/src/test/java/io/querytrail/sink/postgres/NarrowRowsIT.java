package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.TestDatabase;
import io.querytrail.sink.TestServers;
import io.querytrail.sink.log.ApprovedEdits;
import io.querytrail.sink.postgres.CopyTable.Column;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that are stored in fewer bytes are what they were when they are read. */
final class NarrowRowsIT {
  private static final int RANDOM_VALUES = 1_000;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final DatabaseConfig config = TestServers.newDatabase();
  private final TestDatabase database = new TestDatabase(config);
  private HikariDataSource pool;

  private record Texts(String generated, String approved) {}

  @BeforeEach
  void migrate() {
    pool = SinkDatabase.open(config, new SimpleMeterRegistry());
    SinkDatabase.migrate(pool);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void readsApprovedStatementsFromTheirEdits() throws Exception {
    List<Texts> all = new ArrayList<>();
    all.add(new Texts("SELECT 1", "SELECT 1"));
    all.add(
        new Texts(
            "SELECT o.total FROM orders AS o JOIN customers c ON c.id = o.customer;  ",
            "SELECT * FROM (\nSELECT o.total FROM shop.orders AS o JOIN shop.customers c ON c.id ="
                + " o.customer\n) AS q LIMIT 1000"));
    all.add(new Texts("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    all.add(new Texts("SELECT 'ä', '+3:=2' FROM t", "SELECT 'ä', '+3:=2' FROM \"ß\".t LIMIT 5"));
    for (int i = 0; i < RANDOM_VALUES; i++) {
      String generated = text(200);
      all.add(new Texts(generated, changed(generated)));
    }
    int edited = 0;
    try (Connection connection = database.connect()) {
      database.execute("CREATE TABLE texts (generated text, approved text, edits text)");
      new CopyTable<Texts>(
              "texts",
              List.of(
                  new Column<>("generated", (out, row) -> out.text(row.generated())),
                  new Column<>("approved", (out, row) -> out.text(row.approved())),
                  new Column<>(
                      "edits",
                      (out, row) -> out.text(ApprovedEdits.of(row.generated(), row.approved())))))
          .write(connection, all);
    }
    for (Texts texts : all) {
      String edits = ApprovedEdits.of(texts.generated(), texts.approved());
      if (edits != null) {
        edited++;
        assertThat(edits.length()).isLessThan(texts.approved().length());
      }
    }

    assertThat(
            database.rows(
                """
                SELECT generated, approved, edits FROM texts
                WHERE edits IS NOT NULL AND approved_sql(generated, edits, NULL) IS DISTINCT FROM approved
                """))
        .as("seed %d", seed)
        .isEmpty();
    assertThat(edited).isGreaterThan(RANDOM_VALUES / 2);
    assertThat(ApprovedEdits.of(all.get(1).generated(), all.get(1).approved()))
        .isEqualTo("=7+16:* FROM (\nSELECT =13+5:shop.=17*=32-3+18:\n) AS q LIMIT 1000");
  }

  @Test
  void keepsTheWholeTextWhereEditsCannotTellIt() {
    assertThat(ApprovedEdits.of(null, "SELECT 1")).isNull();
    assertThat(ApprovedEdits.of("SELECT 1", null)).isNull();
    assertThat(ApprovedEdits.of("SELECT '😀'", "SELECT '😀' LIMIT 1")).isNull();
    assertThat(ApprovedEdits.of("x".repeat(500), "SELECT 1")).isNull();
  }

  @Test
  void readsDigestsAndAnyOtherTextFromTheirBytes() throws Exception {
    List<String> values =
        new ArrayList<>(
            List.of("", "00", "00ff", "ff00", "FF", "abc", "not hex", "ä", "0f".repeat(32)));
    for (int i = 0; i < RANDOM_VALUES; i++) {
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      values.add(HexFormat.of().formatHex(digest));
    }
    database.execute("CREATE TABLE digests (value text, bytes bytea)");
    try (Connection connection = database.connect()) {
      new CopyTable<String>(
              "digests",
              List.of(
                  new Column<>("value", (out, row) -> out.text(row)),
                  new Column<>("bytes", (out, row) -> out.hex(row))))
          .write(connection, values);
    }

    assertThat(
            database.rows(
                """
                SELECT value FROM digests
                WHERE hex_text(bytes) IS DISTINCT FROM value OR hex_bytes(value) IS DISTINCT FROM bytes
                """))
        .as("seed %d", seed)
        .isEmpty();
    assertThat(database.value("SELECT max(length(bytes)) FROM digests WHERE bytes < '\\x00ff'"))
        .isNotEqualTo("32");
    assertThat(database.value("SELECT length(bytes) FROM digests WHERE value ~ '^(0f){32}$'"))
        .isEqualTo("32");
  }

  private String text(int most) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(most);
    while (text.length() < length) {
      text.append("abc =-+:9'ä\n".charAt(random.nextInt(12)));
    }
    return text.toString();
  }

  private String changed(String generated) {
    StringBuilder text = new StringBuilder(generated);
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      if (random.nextInt(3) == 0) {
        text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
      } else {
        text.insert(at, Objects.requireNonNull(text(30)));
      }
    }
    return text.toString();
  }
}
