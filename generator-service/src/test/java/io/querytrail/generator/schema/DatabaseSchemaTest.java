package io.querytrail.generator.schema;

import static io.querytrail.generator.testkit.SampleSchemas.column;
import static io.querytrail.generator.testkit.SampleSchemas.key;
import static io.querytrail.generator.testkit.SampleSchemas.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.testkit.SampleSchemas;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseSchemaTest {
  @Test
  void fingerprintDoesNotDependOnTheOrderOfReading() {
    // Given
    List<Relation> relations = SampleSchemas.shop().relations();

    // When
    DatabaseSchema reversed = new DatabaseSchema(relations.reversed());

    // Then
    assertThat(reversed.fingerprint())
        .isEqualTo(SampleSchemas.shop().fingerprint())
        .matches("[0-9a-f]{64}");
    assertThat(reversed.relations()).isEqualTo(relations);
  }

  @Test
  void fingerprintDoesNotChangeWithRowEstimates() {
    Relation counted = table("orders", null, column("id", "bigint"));
    Relation recounted =
        new Relation(
            counted.name(),
            counted.kind(),
            counted.comment(),
            counted.columns(),
            counted.primaryKey(),
            counted.foreignKeys(),
            counted.uniques(),
            counted.checks(),
            counted.indexes(),
            101L);

    assertThat(fingerprint(recounted)).isEqualTo(fingerprint(counted));
  }

  @Test
  void fingerprintChangesWithEverythingThatTheModelIsTold() {
    Column id = column("id", "bigint");
    Set<String> fingerprints =
        Stream.of(
                table("orders", null, id),
                table("order", null, id),
                table("orders", "", id),
                table("orders", "purchases", id),
                table("orders", null, column("id", "integer")),
                table("orders", null, column("i", "dbigint")),
                table("orders", null, id, column("total", "numeric")),
                table("orders", null, new Column("id", "bigint", true, null, null, List.of())),
                table("orders", null, new Column("id", "bigint", false, "1", null, List.of())),
                table("orders", null, new Column("id", "bigint", false, null, "1", List.of())),
                table("orders", null, new Column("id", "bigint", false, null, null, List.of("1"))),
                table("orders", null, List.of(key("id", "customers")), id))
            .map(DatabaseSchemaTest::fingerprint)
            .collect(Collectors.toSet());

    assertThat(fingerprints).hasSize(12);
  }

  @Test
  void fingerprintTellsChecksAndIndexesApart() {
    Relation none = table("orders", null, column("id", "bigint"));
    assertThat(
            Set.of(
                fingerprint(none),
                fingerprint(with(none, List.of("id > 0"), List.of())),
                fingerprint(with(none, List.of(), List.of("id > 0")))))
        .hasSize(3);
  }

  private static Relation with(Relation relation, List<String> checks, List<String> indexes) {
    return new Relation(
        relation.name(),
        relation.kind(),
        relation.comment(),
        relation.columns(),
        relation.primaryKey(),
        relation.foreignKeys(),
        relation.uniques(),
        checks,
        indexes,
        relation.rowEstimate());
  }

  private static String fingerprint(Relation relation) {
    return new DatabaseSchema(List.of(relation)).fingerprint();
  }
}
