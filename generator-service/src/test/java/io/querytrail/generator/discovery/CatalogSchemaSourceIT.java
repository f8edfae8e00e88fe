package io.querytrail.generator.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.service.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stack.Extension.class)
class CatalogSchemaSourceIT {
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
    assertThat(relation("partly").columns()).extracting(Column::name).containsExactly("id");
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
    return Datasource.of(
        "test",
        new DatasourceConfig(
            url,
            Stack.READER,
            new Secret(Stack.READER_PASSWORD),
            2,
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            null),
        new SimpleMeterRegistry());
  }
}
