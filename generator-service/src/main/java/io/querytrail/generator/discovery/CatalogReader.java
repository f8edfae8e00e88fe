package io.querytrail.generator.discovery;

import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads the catalogs once, in three statements whatever the number of relations. */
final class CatalogReader {
  private static final String RELATIONS = SqlResource.read("relations.sql");
  private static final String COLUMNS = SqlResource.read("columns.sql");
  private static final String CONSTRAINTS = SqlResource.read("constraints.sql");

  private static final class Draft {
    final RelationName name;
    final Relation.Kind kind;
    final @Nullable String comment;
    final @Nullable Long rowEstimate;
    final List<Column> columns = new ArrayList<>();
    final List<ForeignKey> foreignKeys = new ArrayList<>();
    final List<List<String>> uniques = new ArrayList<>();
    List<String> primaryKey = List.of();

    Draft(
        RelationName name,
        Relation.Kind kind,
        @Nullable String comment,
        @Nullable Long rowEstimate) {
      this.name = name;
      this.kind = kind;
      this.comment = comment;
      this.rowEstimate = rowEstimate;
    }

    Relation relation() {
      return new Relation(
          name, kind, comment, columns, primaryKey, foreignKeys, uniques, rowEstimate);
    }
  }

  private CatalogReader() {}

  /** The connection is in a transaction whose search path is {@code pg_catalog} alone. */
  static DatabaseSchema read(Connection connection, SortedSet<String> schemas) throws SQLException {
    Map<Long, Draft> drafts = new LinkedHashMap<>();
    relations(connection, schemas, drafts);
    Array ids = connection.createArrayOf("oid", drafts.keySet().toArray());
    columns(connection, ids, drafts);
    constraints(connection, ids, schemas, drafts);
    return new DatabaseSchema(drafts.values().stream().map(Draft::relation).toList());
  }

  private static void relations(
      Connection connection, SortedSet<String> schemas, Map<Long, Draft> drafts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RELATIONS)) {
      statement.setArray(1, connection.createArrayOf("text", schemas.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          long estimate = rows.getLong("row_estimate");
          Long rowEstimate = rows.wasNull() ? null : estimate;
          drafts.put(
              rows.getLong("relation_id"),
              new Draft(
                  new RelationName(rows.getString("schema_name"), rows.getString("relation_name")),
                  kind(rows.getString("kind")),
                  rows.getString("comment"),
                  rowEstimate));
        }
      }
    }
  }

  private static void columns(Connection connection, Array ids, Map<Long, Draft> drafts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setArray(1, ids);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Draft draft = drafts.get(rows.getLong("relation_id"));
          if (draft != null) {
            draft.columns.add(
                new Column(
                    rows.getString("column_name"),
                    rows.getString("type"),
                    rows.getBoolean("not_null"),
                    rows.getString("default_value"),
                    rows.getString("comment"),
                    texts(rows.getArray("enum_labels"))));
          }
        }
      }
    }
  }

  private static void constraints(
      Connection connection, Array ids, SortedSet<String> schemas, Map<Long, Draft> drafts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CONSTRAINTS)) {
      statement.setArray(1, ids);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Draft draft = drafts.get(rows.getLong("relation_id"));
          if (draft != null) {
            constraint(rows, schemas, draft);
          }
        }
      }
    }
  }

  private static void constraint(ResultSet row, SortedSet<String> schemas, Draft draft)
      throws SQLException {
    List<String> columns = texts(row.getArray("columns"));
    switch (row.getString("kind")) {
      case "p" -> draft.primaryKey = columns;
      case "u" -> draft.uniques.add(columns);
      default -> {
        String targetSchema = row.getString("target_schema");
        // A key into a schema that may not be shown would tell of it.
        if (targetSchema != null && schemas.contains(targetSchema)) {
          draft.foreignKeys.add(
              new ForeignKey(
                  columns,
                  new RelationName(targetSchema, row.getString("target_name")),
                  texts(row.getArray("target_columns"))));
        }
      }
    }
  }

  private static Relation.Kind kind(String relkind) {
    return switch (relkind) {
      case "r" -> Relation.Kind.TABLE;
      case "p" -> Relation.Kind.PARTITIONED_TABLE;
      case "v" -> Relation.Kind.VIEW;
      case "m" -> Relation.Kind.MATERIALIZED_VIEW;
      default -> throw new IllegalStateException("relkind " + relkind + " was not asked for");
    };
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
