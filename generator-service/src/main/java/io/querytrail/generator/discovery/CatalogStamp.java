package io.querytrail.generator.discovery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SortedSet;

/** Reads which versions the catalogs' rows have, in one statement. */
final class CatalogStamp {
  private static final String STAMP = SqlResource.read("stamp.sql");

  private CatalogStamp() {}

  /** The connection is in a transaction whose search path is {@code pg_catalog} alone. */
  static String read(Connection connection, SortedSet<String> schemas) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STAMP)) {
      statement.setArray(1, connection.createArrayOf("text", schemas.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getString("stamp");
      }
    }
  }
}
