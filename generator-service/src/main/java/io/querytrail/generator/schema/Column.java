package io.querytrail.generator.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a relation.
 *
 * @param type as PostgreSQL formats it, such as "numeric(10,2)"
 * @param defaultValue expression as PostgreSQL prints it
 * @param enumLabels in their order; empty where the type is no enum
 */
public record Column(
    String name,
    String type,
    boolean notNull,
    @Nullable String defaultValue,
    @Nullable String comment,
    List<String> enumLabels) {
  public Column {
    enumLabels = List.copyOf(enumLabels);
  }
}
