package io.querytrail.generator.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.service.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stack.Extension.class)
class CatalogSchemaSourceIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  private Datasource shop;
  private CatalogSchemaSource source;

  @BeforeEach
  void connect(Stack stack) {
    shop = datasource(stack.shopUrl());
    source = new CatalogSchemaSource(Map.of("shop", shop));
  }

  @AfterEach
  void disconnect() {
    shop.close();
  }

  @Test
  void findsTablesAndViewsThatTheRoleMayRead() {
    assertThat(read("shop").relations())
        .extracting(relation -> relation.name().name(), Relation::kind)
        .containsExactly(
            tuple("customers", Relation.Kind.TABLE),
            tuple("orders", Relation.Kind.TABLE),
            tuple("orders_by_country", Relation.Kind.MATERIALIZED_VIEW),
            tuple("paid_orders", Relation.Kind.VIEW),
            tuple("partly", Relation.Kind.TABLE),
            tuple("visits", Relation.Kind.PARTITIONED_TABLE));
  }

  @Test
  void describesATableInFull() {
    Relation customers = relation("customers");

    assertThat(customers.comment()).isEqualTo("People who buy");
    assertThat(customers.rowEstimate()).isEqualTo(50);
    assertThat(customers.primaryKey()).containsExactly("id");
    assertThat(customers.uniques()).containsExactly(List.of("email"));
    assertThat(customers.columns())
        .containsExactly(
            new Column("id", "bigint", true, "identity", null, List.of()),
            new Column("email", "text", true, null, null, List.of()),
            new Column("country", "character(2)", true, "'AT'::bpchar", "ISO 3166 code", List.of()),
            new Column("name", "text", false, null, null, List.of()));
  }

  @Test
  void knowsEnumsDomainsAndGeneratedColumns() {
    Relation orders = relation("orders");
    List<String> labels = List.of("new", "paid", "shipped");

    assertThat(orders.rowEstimate()).isNull();
    assertThat(orders.checks()).containsExactly("total::numeric >= 0::numeric");
    assertThat(orders.indexes())
        .containsExactly(
            "(customer_id, status)", "(lower(note)) WHERE ((total)::numeric > (0)::numeric)");
    assertThat(orders.columns())
        .contains(
            new Column(
                "status", "shop.order_status", true, "'new'::shop.order_status", null, labels),
            new Column("history", "shop.order_status[]", false, null, null, labels),
            new Column("total", "numeric(12,2)", false, null, null, List.of()),
            new Column(
                "gross", "numeric", false, "generated as ((id)::numeric * 1.2)", null, List.of()));
  }

  @Test
  void keepsKeysIntoOtherSchemasToItself() {
    ForeignKey toCustomers =
        new ForeignKey(
            List.of("customer_id"), new RelationName("shop", "customers"), List.of("id"));

    assertThat(relation("orders").foreignKeys()).containsExactly(toCustomers);
    assertThat(
            read("shop", "staff").relations().stream()
                .filter(relation -> relation.name().name().equals("orders"))
                .flatMap(relation -> relation.foreignKeys().stream()))
        .hasSize(2);
  }

  @Test
  void showsOnlyColumnsThatTheRoleMayRead() {
    Relation partly = relation("partly");
    assertThat(partly.columns()).extracting(Column::name).containsExactly("id");
    assertThat(partly.checks()).containsExactly("id > 0");
    assertThat(partly.uniques()).isEmpty();
    assertThat(partly.indexes()).isEmpty();
    assertThat(partly.foreignKeys()).isEmpty();
  }

  @Test
  void showsValuesOnlyWhereTheDatasourceSaysSoAndOnlyOfColumnsThatHaveFew(Stack stack) {
    assertThat(read("shop").relations())
        .allSatisfy(relation ->
            assertThat(relation.columns()).allMatch(column -> column.values().isEmpty()));
    try (Datasource sampled = datasource(stack.shopUrl(), 2)) {
      CatalogSchemaSource samples = new CatalogSchemaSource(Map.of("shop", sampled));
      SchemaReading.Known known =
          (SchemaReading.Known) samples.read("shop", new TreeSet<>(List.of("shop")));
      assertThat(known.schema().relations())
          .flatExtracting(Relation::columns)
          .filteredOn(column -> !column.values().isEmpty())
          .extracting(Column::name, Column::values)
          .containsExactly(tuple("country", List.of("AT")));
      assertThat(known.schema().fingerprint()).isEqualTo(read("shop").fingerprint());
    }
  }

  @Test
  void knowsTheSchemasThatHoldSomethingToShow() throws SQLException {
    assertThat(source.schemas("shop")).containsExactly("shop", "staff");
  }

  /** Each in its own schema, so that the other tests find what they know. */
  @Test
  void theStampChangesWithEachKindOfChangeAndNotWithRows(Stack stack) throws SQLException {
    try (Connection admin = stack.shopAsSuperuser();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "CREATE SCHEMA moving; GRANT USAGE ON SCHEMA moving TO it_reader;"
              + " CREATE TYPE moving.state AS ENUM ('a');"
              + " CREATE DOMAIN moving.amount AS numeric;"
              + " CREATE TABLE moving.t (id bigint, n integer, s moving.state, a moving.amount);"
              + " CREATE VIEW moving.v AS SELECT id FROM moving.t");
      Set<String> stamps = new HashSet<>();
      stamps.add(stamp("moving"));
      for (String change : CHANGES) {
        statement.execute(change);
        assertThat(stamps.add(stamp("moving"))).as(change).isTrue();
      }
      String before = stamp("moving");
      statement.execute("INSERT INTO moving.t (id) SELECT generate_series(1, 1000)");
      statement.execute("ANALYZE moving.t");
      statement.execute("CREATE TABLE staff.elsewhere (id int)");
      assertThat(stamp("moving")).isEqualTo(before);
      statement.execute("DROP TABLE staff.elsewhere");
      statement.execute("DROP SCHEMA moving CASCADE");
    }
  }

  private static final List<String> CHANGES =
      List.of(
          "GRANT SELECT ON moving.t TO it_reader",
          "ALTER TABLE moving.t ADD COLUMN x text",
          "ALTER TABLE moving.t RENAME COLUMN x TO y",
          "ALTER TABLE moving.t ALTER COLUMN y SET DEFAULT 'q'",
          "ALTER TABLE moving.t ALTER COLUMN y SET NOT NULL",
          "ALTER TABLE moving.t ALTER COLUMN n TYPE bigint",
          "ALTER TABLE moving.t ADD CHECK (n > 0)",
          "ALTER TABLE moving.t ADD PRIMARY KEY (id)",
          "CREATE TABLE moving.u (t_id bigint REFERENCES moving.t)",
          "COMMENT ON TABLE moving.t IS 'one'",
          "COMMENT ON TABLE moving.t IS 'two'",
          "COMMENT ON COLUMN moving.t.n IS 'three'",
          "ALTER TYPE moving.state ADD VALUE 'b'",
          "CREATE INDEX ON moving.t (n)",
          "CREATE OR REPLACE VIEW moving.v AS SELECT id, n FROM moving.t",
          "REVOKE SELECT ON moving.t FROM it_reader",
          "GRANT SELECT (id) ON moving.t TO it_reader",
          "ALTER TABLE moving.u RENAME TO w",
          "ALTER TABLE moving.t DROP COLUMN y",
          "DROP TABLE moving.w");

  private String stamp(String schema) {
    return source.stamp("shop", new TreeSet<>(List.of(schema))).orElseThrow();
  }

  @Test
  void plansThatHangLeaveAConnectionToTheCatalogs(Stack stack) throws Exception {
    // Given: planning calls the function, since its argument is known
    try (Connection admin = stack.shopAsSuperuser();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "CREATE FUNCTION staff.slow(float8) RETURNS float8 IMMUTABLE LANGUAGE plpgsql"
              + " AS 'BEGIN PERFORM pg_sleep($1); RETURN $1; END'");
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        DatabasePlanSource plans = new DatabasePlanSource(Map.of("shop", shop));
        var slow = new GuardVerdict.Approved("SELECT staff.slow(1.5)");
        List<Future<Planning>> hanging =
            Stream.generate(() -> threads.submit(() -> plans.plan("shop", slow, LONG)))
                .limit(3)
                .toList();
        await()
            .until(() ->
                count(
                        statement,
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'EXPLAIN%slow%'"
                            + " AND state = 'active'")
                    > 0);

        // When: the pool has no more than two
        SchemaReading reading = source.read("shop", new TreeSet<>(List.of("shop")));

        // Then
        assertThat(reading).isInstanceOf(SchemaReading.Known.class);
        assertThat(hanging).anyMatch(plan -> !plan.isDone());
        // The one that waited for longer than a connection may take is told so.
        for (Future<Planning> plan : hanging) {
          assertThat(plan.get())
              .isInstanceOfAny(Planning.Planned.class, Planning.Unavailable.class);
        }
        assertThat(hanging).anyMatch(plan -> plan.resultNow() instanceof Planning.Planned);
      }
      statement.execute("DROP FUNCTION staff.slow");
    }
  }

  private static long count(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void findsTheSameFingerprintEachTime() {
    assertThat(read("shop").fingerprint()).isEqualTo(read("shop").fingerprint());
    assertThat(read("shop").fingerprint()).isNotEqualTo(read("shop", "staff").fingerprint());
  }

  @Test
  void findsNothingInASchemaThatDoesNotExist() {
    assertThat(read("nowhere").relations()).isEmpty();
  }

  @Test
  void saysThatADatabaseDoesNotAnswerWithoutSayingWhereItIs() {
    try (Datasource down = datasource("jdbc:postgresql://127.0.0.1:1/shop")) {
      SchemaReading reading =
          new CatalogSchemaSource(Map.of("down", down))
              .read("down", new TreeSet<>(List.of("shop")));

      assertThat(reading)
          .isEqualTo(
              new SchemaReading.Unavailable(
                  "the database of the datasource answered with SQLSTATE 08001"));
    }
  }

  @Test
  void doesNotKnowDatasourcesThatAreNotConfigured() {
    assertThat(source.read("other", new TreeSet<>(List.of("shop"))))
        .isEqualTo(new SchemaReading.UnknownDatasource());
  }

  private Relation relation(String name) {
    return read("shop").relations().stream()
        .filter(relation -> relation.name().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private DatabaseSchema read(String... schemas) {
    SchemaReading reading = source.read("shop", new TreeSet<>(List.of(schemas)));
    assertThat(reading).isInstanceOf(SchemaReading.Known.class);
    return ((SchemaReading.Known) reading).schema();
  }

  private static Datasource datasource(String url) {
    return datasource(url, 0);
  }

  private static Datasource datasource(String url, int samples) {
    return Datasource.of(
        "test",
        new DatasourceConfig(
            url,
            Stack.READER,
            new Secret(Stack.READER_PASSWORD),
            2,
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            null,
            samples,
            null),
        new SimpleMeterRegistry());
  }
}
