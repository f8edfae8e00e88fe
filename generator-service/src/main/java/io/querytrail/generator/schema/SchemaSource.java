package io.querytrail.generator.schema;

import java.util.SortedSet;

/** Knows the schemas of target databases. Implementations are safe for use by several threads. */
@FunctionalInterface
public interface SchemaSource {
  /** What there is in these schemas of the datasource; schemas that do not exist hold nothing. */
  SchemaReading read(String datasource, SortedSet<String> schemas);

  /**
   * Tells that the datasource does not have, or has, what its schema said: a source that keeps
   * schemas looks again before it gives out another one.
   */
  default void doubt(String datasource) {}
}
