package io.querytrail.generator.testkit;

import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Schemas made by hand. */
public final class SampleSchemas {
  private SampleSchemas() {}

  public static Column column(String name, String type) {
    return new Column(name, type, false, null, null, List.of());
  }

  public static Relation table(String name, @Nullable String comment, Column... columns) {
    return table(name, comment, List.of(), columns);
  }

  public static Relation table(
      String name, @Nullable String comment, List<ForeignKey> keys, Column... columns) {
    return new Relation(
        new RelationName("shop", name),
        Relation.Kind.TABLE,
        comment,
        Arrays.asList(columns),
        List.of("id"),
        keys,
        List.of(),
        List.of(),
        List.of(),
        100L);
  }

  public static ForeignKey key(String column, String target) {
    return new ForeignKey(List.of(column), new RelationName("shop", target), List.of("id"));
  }

  public static DatabaseSchema shop() {
    return new DatabaseSchema(
        List.of(
            table("customers", "People who buy", column("id", "bigint"), column("name", "text")),
            table(
                "orders",
                "One row per purchase",
                List.of(key("customer_id", "customers")),
                column("id", "bigint"),
                column("customer_id", "bigint"),
                column("total", "numeric(10,2)"))));
  }

  /** The shop among {@code count} tables that have nothing to do with it. */
  public static DatabaseSchema crowded(int count) {
    Stream<Relation> noise =
        IntStream.range(0, count)
            .mapToObj(i ->
                table(
                    "telemetry_" + i,
                    "Readings of sensor group " + i,
                    column("id", "bigint"),
                    column("measured_at", "timestamp with time zone"),
                    column("reading", "double precision")));
    return new DatabaseSchema(Stream.concat(shop().relations().stream(), noise).toList());
  }
}
