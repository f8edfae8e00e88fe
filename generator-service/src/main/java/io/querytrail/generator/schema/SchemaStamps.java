package io.querytrail.generator.schema;

import java.util.Optional;
import java.util.SortedSet;

/**
 * Tells cheaply whether a schema may have changed. Implementations are safe for use by several
 * threads.
 */
@FunctionalInterface
public interface SchemaStamps {
  /**
   * What changes with every change of these schemas, and may change without one; empty where the
   * database cannot say.
   */
  Optional<String> stamp(String datasource, SortedSet<String> schemas);
}
