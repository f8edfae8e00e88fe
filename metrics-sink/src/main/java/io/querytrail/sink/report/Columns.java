package io.querytrail.sink.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Values of columns that may be null. */
final class Columns {
  private Columns() {}

  /** Of a column of any whole type. */
  static @Nullable Long wholeNumber(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Long.valueOf(value);
  }

  static @Nullable Integer smallNumber(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : Integer.valueOf(value);
  }

  /**
   * Of a column of the type real, whose digits are fewer than a double's: through its text they
   * stay as they are.
   */
  static @Nullable Double decimal(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? null : Double.valueOf(text);
  }
}
