package io.querytrail.safety;

import java.util.List;

/**
 * A table or view and all its columns, in the order of the database. Columns that a policy denies
 * belong here too: a star or a whole row would read them.
 */
public record RelationSchema(String schema, String name, List<Column> columns) {

  /**
   * @param type as PostgreSQL's format_type gives it, types outside pg_catalog with their schema
   */
  public record Column(String name, String type) {}

  public RelationSchema {
    columns = List.copyOf(columns);
  }

  String qualifiedName() {
    return schema + "." + name;
  }
}
