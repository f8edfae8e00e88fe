package io.querytrail.sink.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** The history of months that left the log. */
final class PartitionEvents {
  private static final String ADD =
      """
      INSERT INTO public.partition_events (happened_at, table_name, month, event, row_count, archive, sha256)
      VALUES (clock_timestamp(), ?, ?, ?, ?, ?, ?)
      """;
  private static final String TIME_COLUMN =
      """
      SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
      WHERE partrelid = ('public.' || ?)::regclass
      """;

  private PartitionEvents() {}

  static void add(
      Connection connection,
      String table,
      YearMonth month,
      String event,
      @Nullable Long rows,
      @Nullable String archive,
      @Nullable String sha256)
      throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setString(1, table);
      add.setObject(2, month.atDay(1));
      add.setString(3, event);
      add.setObject(4, rows);
      add.setString(5, archive);
      add.setString(6, sha256);
      add.executeUpdate();
    }
  }

  /** The column by which a table is partitioned. */
  static String timeColumn(Connection connection, String table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TIME_COLUMN)) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
