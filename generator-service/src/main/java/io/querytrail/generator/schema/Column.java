package io.querytrail.generator.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of a relation.
 *
 * @param type as PostgreSQL formats it, such as "numeric(10,2)"
 * @param defaultValue expression as PostgreSQL prints it
 * @param enumLabels in their order; empty where the type is no enum
 * @param values some that are frequent; empty unless the datasource lets them be shown
 */
public record Column(
    String name,
    String type,
    boolean notNull,
    @Nullable String defaultValue,
    @Nullable String comment,
    List<String> enumLabels,
    List<String> values) {
  public Column {
    enumLabels = List.copyOf(enumLabels);
    values = List.copyOf(values);
  }

  /** One whose values are not shown. */
  public Column(
      String name,
      String type,
      boolean notNull,
      @Nullable String defaultValue,
      @Nullable String comment,
      List<String> enumLabels) {
    this(name, type, notNull, defaultValue, comment, enumLabels, List.of());
  }
}
