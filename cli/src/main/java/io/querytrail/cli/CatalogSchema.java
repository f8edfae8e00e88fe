package io.querytrail.cli;

import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.RelationSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The tables of a live database, read from its catalog. */
final class CatalogSchema {
  /**
   * All that can be read from: tables, partitioned and foreign ones, views, materialized views. A
   * column of a domain is one of the type below it, since a cast to the domain would run its check.
   */
  private static final String COLUMNS =
      """
      SELECT n.nspname, c.relname, a.attname, (
        WITH RECURSIVE below(oid, array_of) AS (
          SELECT a.atttypid, ''
          UNION ALL
          SELECT CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
            CASE t.typtype WHEN 'd' THEN array_of ELSE '[]' END
          FROM below JOIN pg_catalog.pg_type t USING (oid)
          WHERE t.typtype = 'd' OR t.typcategory = 'A' AND t.typelem <> 0)
        SELECT pg_catalog.format_type(oid, NULL) || array_of
        FROM below JOIN pg_catalog.pg_type t USING (oid)
        WHERE t.typtype <> 'd' AND NOT (t.typcategory = 'A' AND t.typelem <> 0))
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND (cardinality(?::text[]) = 0 OR n.nspname = ANY (?::text[]))
      ORDER BY n.nspname, c.relname, a.attnum
      """;

  private final DataSource database;
  private final String name;

  /**
   * @param name of the datasource, for messages
   */
  CatalogSchema(DataSource database, String name) {
    this.database = database;
    this.name = name;
  }

  /**
   * @param schemas to read; empty for all that are not the system's
   */
  DatabaseSchema read(List<String> schemas) {
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      // Types outside pg_catalog are then named with their schema.
      try (var setting = connection.createStatement()) {
        setting.execute("SET LOCAL search_path = pg_catalog");
      }
      return read(connection, schemas);
    } catch (SQLException e) {
      throw new CommandException(
          ExitCodes.FAILED, "cannot read the catalog of " + name + ": " + e.getMessage());
    }
  }

  private static DatabaseSchema read(Connection connection, List<String> schemas)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      var wanted = connection.createArrayOf("text", schemas.toArray());
      query.setArray(1, wanted);
      query.setArray(2, wanted);
      try (ResultSet rows = query.executeQuery()) {
        return relations(rows);
      }
    }
  }

  private static DatabaseSchema relations(ResultSet rows) throws SQLException {
    var relations = new ArrayList<RelationSchema>();
    var columns = new ArrayList<RelationSchema.Column>();
    String schema = "";
    String relation = "";
    while (rows.next()) {
      if (!rows.getString(1).equals(schema) || !rows.getString(2).equals(relation)) {
        if (!columns.isEmpty()) {
          relations.add(new RelationSchema(schema, relation, columns));
        }
        schema = rows.getString(1);
        relation = rows.getString(2);
        columns.clear();
      }
      columns.add(new RelationSchema.Column(rows.getString(3), rows.getString(4)));
    }
    if (!columns.isEmpty()) {
      relations.add(new RelationSchema(schema, relation, columns));
    }
    return new DatabaseSchema(relations);
  }
}
