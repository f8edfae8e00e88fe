package io.querytrail.generator.schema;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table or view.
 *
 * @param columns in the relation's own order
 * @param primaryKey columns of it; empty where there is none
 * @param uniques columns of each unique constraint
 * @param checks conditions that every row meets, as PostgreSQL prints them
 * @param indexes those that are no key's, as PostgreSQL prints their columns
 * @param rowEstimate as of the last ANALYZE; null where PostgreSQL does not know
 */
public record Relation(
    RelationName name,
    Kind kind,
    @Nullable String comment,
    List<Column> columns,
    List<String> primaryKey,
    List<ForeignKey> foreignKeys,
    List<List<String>> uniques,
    List<String> checks,
    List<String> indexes,
    @Nullable Long rowEstimate) {

  /** What sort of relation it is. */
  public enum Kind {
    TABLE("table"),
    PARTITIONED_TABLE("partitioned table"),
    VIEW("view"),
    MATERIALIZED_VIEW("materialized view");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** As people call it. */
    public String words() {
      return words;
    }
  }

  public Relation {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
    foreignKeys =
        foreignKeys.stream()
            .sorted(
                Comparator.comparing(ForeignKey::target).thenComparing(f -> f.columns().toString()))
            .toList();
    uniques =
        uniques.stream().map(List::copyOf).sorted(Comparator.comparing(List::toString)).toList();
    checks = checks.stream().sorted().toList();
    indexes = indexes.stream().sorted().toList();
  }
}
