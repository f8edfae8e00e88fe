package io.querytrail.generator.discovery;

import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.ForeignKey;
import io.querytrail.generator.schema.Relation;
import io.querytrail.generator.schema.RelationName;
import io.querytrail.generator.schema.VisibleSchemas;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the catalogs once, in a few statements whatever the number of relations. */
final class CatalogReader {
  private static final String SCHEMAS =
      """
      SELECT DISTINCT n.nspname AS schema_name
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm')
        AND has_schema_privilege(n.oid, 'USAGE')
        AND has_any_column_privilege(c.oid, 'SELECT')
      """;

  private static final String RELATIONS = SqlResource.read("relations.sql");
  private static final String COLUMNS = SqlResource.read("columns.sql");
  private static final String CONSTRAINTS = SqlResource.read("constraints.sql");
  private static final String INDEXES = SqlResource.read("indexes.sql");

  private static final class Draft {
    final RelationName name;
    final Relation.Kind kind;
    final @Nullable String comment;
    final @Nullable Long rowEstimate;
    final List<Column> columns = new ArrayList<>();
    final List<ForeignKey> foreignKeys = new ArrayList<>();
    final List<List<String>> uniques = new ArrayList<>();
    final List<String> checks = new ArrayList<>();
    final List<String> indexes = new ArrayList<>();
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
          name,
          kind,
          comment,
          columns,
          primaryKey,
          foreignKeys,
          uniques,
          checks,
          indexes,
          rowEstimate);
    }
  }

  private CatalogReader() {}

  /** The connection is in a transaction whose search path is {@code pg_catalog} alone. */
  static DatabaseSchema read(Connection connection, SortedSet<String> schemas, ValueSample sample)
      throws SQLException {
    Map<Long, Draft> drafts = new LinkedHashMap<>();
    relations(connection, schemas, drafts);
    Array ids = connection.createArrayOf("oid", drafts.keySet().toArray());
    columns(connection, ids, sample.read(connection, ids), drafts);
    constraints(connection, ids, drafts);
    indexes(connection, ids, drafts);
    return new DatabaseSchema(drafts.values().stream().map(Draft::relation).toList());
  }

  /** Schemas that hold something the role may read, but for those of the system. */
  static SortedSet<String> schemas(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SCHEMAS);
        ResultSet rows = statement.executeQuery()) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString("schema_name"));
      }
      return VisibleSchemas.of(names);
    }
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

  private static void columns(
      Connection connection,
      Array ids,
      Map<ValueSample.ColumnId, List<String>> values,
      Map<Long, Draft> drafts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setArray(1, ids);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          long relation = rows.getLong("relation_id");
          String name = rows.getString("column_name");
          Draft draft = drafts.get(relation);
          if (draft != null) {
            draft.columns.add(
                new Column(
                    name,
                    rows.getString("type"),
                    rows.getBoolean("not_null"),
                    rows.getString("default_value"),
                    rows.getString("comment"),
                    texts(rows.getArray("enum_labels")),
                    values.getOrDefault(new ValueSample.ColumnId(relation, name), List.of())));
          }
        }
      }
    }
  }

  private static void constraints(Connection connection, Array ids, Map<Long, Draft> drafts)
      throws SQLException {
    Set<RelationName> shown =
        drafts.values().stream().map(draft -> draft.name).collect(Collectors.toSet());
    try (PreparedStatement statement = connection.prepareStatement(CONSTRAINTS)) {
      statement.setArray(1, ids);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Draft draft = drafts.get(rows.getLong("relation_id"));
          if (draft != null) {
            constraint(rows, shown, draft);
          }
        }
      }
    }
  }

  private static void constraint(ResultSet row, Set<RelationName> shown, Draft draft)
      throws SQLException {
    List<String> columns = texts(row.getArray("columns"));
    switch (row.getString("kind")) {
      case "p" -> draft.primaryKey = columns;
      case "u" -> draft.uniques.add(columns);
      case "c" -> draft.checks.add(row.getString("definition"));
      default -> {
        RelationName target =
            new RelationName(row.getString("target_schema"), row.getString("target_name"));
        // A key into what may not be shown would tell of it.
        if (shown.contains(target)) {
          draft.foreignKeys.add(
              new ForeignKey(columns, target, texts(row.getArray("target_columns"))));
        }
      }
    }
  }

  private static void indexes(Connection connection, Array ids, Map<Long, Draft> drafts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INDEXES)) {
      statement.setArray(1, ids);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Draft draft = drafts.get(rows.getLong("relation_id"));
          if (draft != null) {
            draft.indexes.add(rows.getString("definition"));
          }
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
