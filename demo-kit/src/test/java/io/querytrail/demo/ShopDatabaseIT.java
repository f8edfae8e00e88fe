package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShopDatabaseIT {
  private static final String READER_PASSWORD = "it's a reader";
  private static final List<String> TABLES =
      List.of(
          "categories", "customers", "products", "orders", "order_items", "payments", "reviews");

  @TempDir static Path directory;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void createShop() {
    postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
    create("shop");
    ShopDatabase.createReader(
        postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password(), READER_PASSWORD);
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  private static void create(String database) {
    postgres.createDatabaseIfAbsent(database);
    ShopDatabase.create(postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
  }

  static List<ShopQuestion> goodQuestions() {
    return ShopQuestions.byKind(ShopQuestion.Kind.GOOD);
  }

  static List<ShopQuestion> wrongQuestions() {
    return ShopQuestions.byKind(ShopQuestion.Kind.WRONG);
  }

  @ParameterizedTest
  @MethodSource("goodQuestions")
  void answersGoodQuestionsWithRows(ShopQuestion question) throws SQLException {
    assertThat(rowsAsReader(question.answer())).as(question.answer()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("wrongQuestions")
  void doesNotRunWrongAnswers(ShopQuestion question) {
    assertThatThrownBy(() -> rowsAsReader(question.answer()))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .asString()
        .startsWith("42");
  }

  @Test
  void holdsAboutAHundredThousandRows() throws SQLException {
    long rows = 0;
    for (String table : TABLES) {
      rows += Long.parseLong(valueIn("shop", "SELECT count(*) FROM shop." + table));
    }

    assertThat(rows).isBetween(98_000L, 102_000L);
  }

  @Test
  void isTheSameEveryTimeAndMadeInAMoment() throws SQLException {
    long start = System.nanoTime();
    create("twin");
    Duration creation = Duration.ofNanos(System.nanoTime() - start);

    assertThat(checksum("twin")).isEqualTo(checksum("shop"));
    // Under 3 s on an idle machine; room for one that also runs a build.
    assertThat(creation).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void isLeftAloneByASecondCreation() throws SQLException {
    String written =
        "SELECT count(*) || ' by ' || min(xmin::text) || max(xmin::text) FROM shop.orders";
    String before = valueIn("shop", written);

    create("shop");
    ShopDatabase.createReader(
        postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password(), READER_PASSWORD);

    assertThat(valueIn("shop", written)).isEqualTo(before);
    assertThat(rowsAsReader("SELECT 1")).isOne();
  }

  @Test
  void doesNotTouchAnotherSchemaOfThisName() throws SQLException {
    postgres.createDatabaseIfAbsent("other");
    try (Connection connection = connect("other");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA shop");
    }

    assertThatThrownBy(() -> create("other"))
        .isInstanceOf(ShopDatabaseException.class)
        .hasMessageContaining("not the sample shop");
  }

  @Test
  void describesEveryTableAndColumn() throws SQLException {
    assertThat(
            valueIn(
                "shop",
                """
                SELECT string_agg(c.relname || '.' || coalesce(a.attname, ''), ', ')
                FROM pg_class AS c
                LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'v')
                  AND (obj_description(c.oid, 'pg_class') IS NULL
                    OR col_description(c.oid, a.attnum) IS NULL)
                """))
        .isEqualTo("null");
  }

  @Test
  void addsUp() throws SQLException {
    assertThat(
            valueIn(
                "shop",
                """
                SELECT count(*)
                FROM shop.orders AS o
                JOIN (SELECT order_id, sum(quantity * unit_price) AS goods
                      FROM shop.order_items GROUP BY order_id) AS i USING (order_id)
                WHERE o.total <> round(goods * (100 - discount_percent) / 100, 2) + shipping_fee
                """))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM internal.salaries",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/never'",
        "BEGIN READ WRITE; DELETE FROM shop.reviews",
        "BEGIN READ WRITE; CREATE TABLE shop.mine ()",
        "BEGIN READ WRITE; CREATE TEMPORARY TABLE mine ()"
      })
  void refusesItsReaderAnythingButReadingTheShop(String sql) {
    assertThatThrownBy(() -> rowsAsReader(sql))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  private static String checksum(String database) throws SQLException {
    StringBuilder checksums = new StringBuilder();
    for (String table : TABLES) {
      checksums.append(
          valueIn(
              database,
              "SELECT md5(string_agg(t::text, '|' ORDER BY t)) FROM shop." + table + " AS t"));
    }
    return checksums.toString();
  }

  private static int rowsAsReader(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.jdbcUrl("shop"), ShopDatabase.READER, READER_PASSWORD);
        Statement statement = connection.createStatement()) {
      int rows = 0;
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          while (result.next()) {
            rows++;
          }
        }
      }
      return rows;
    }
  }

  private static String valueIn(String database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return String.valueOf(rows.getString(1));
    }
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
  }
}
