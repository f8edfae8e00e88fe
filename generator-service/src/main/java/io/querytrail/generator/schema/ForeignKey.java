package io.querytrail.generator.schema;

import java.util.List;

/** Columns that point at the columns of another relation, pair by pair. */
public record ForeignKey(List<String> columns, RelationName target, List<String> targetColumns) {
  public ForeignKey {
    columns = List.copyOf(columns);
    targetColumns = List.copyOf(targetColumns);
  }
}
