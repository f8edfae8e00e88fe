package io.querytrail.generator.discovery;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some values of columns, where the datasource lets them be shown: the most frequent ones of text
 * columns that have few, out of PostgreSQL's statistics.
 */
final class ValueSample {
  private static final Logger LOG = LoggerFactory.getLogger(ValueSample.class);
  private static final String VALUES = SqlResource.read("values.sql");

  /** A column with more different ones holds names and texts, and not kinds of things. */
  private static final int MOST_DISTINCT = 100;

  private static final int LONGEST = 40;

  private final int perColumn;

  /** A column by the number of its relation and its own name. */
  record ColumnId(long relation, String name) {}

  /**
   * @param perColumn most values of one column; 0 for none
   */
  ValueSample(int perColumn) {
    this.perColumn = perColumn;
  }

  /** Nothing where nothing may be shown, or where the statistics could not be read. */
  Map<ColumnId, List<String>> read(Connection connection, Array relations) throws SQLException {
    if (perColumn == 0) {
      return Map.of();
    }
    Savepoint before = connection.setSavepoint();
    try (PreparedStatement statement = connection.prepareStatement(VALUES)) {
      statement.setInt(1, perColumn);
      statement.setInt(2, LONGEST);
      statement.setArray(3, relations);
      statement.setInt(4, MOST_DISTINCT);
      try (ResultSet rows = statement.executeQuery()) {
        return values(rows);
      }
    } catch (SQLException e) {
      // A schema without values is of use; none is not.
      connection.rollback(before);
      LOG.atWarn().addKeyValue("error", e.getSQLState()).log("values of columns were not read");
      return Map.of();
    }
  }

  private static Map<ColumnId, List<String>> values(ResultSet rows) throws SQLException {
    Map<ColumnId, List<String>> values = new HashMap<>();
    while (rows.next()) {
      Array sample = rows.getArray("sample");
      if (sample != null) {
        List<String> texts =
            List.of((String[]) sample.getArray()).stream().filter(Objects::nonNull).toList();
        values.put(new ColumnId(rows.getLong("relation_id"), rows.getString("column_name")), texts);
      }
    }
    return values;
  }
}
