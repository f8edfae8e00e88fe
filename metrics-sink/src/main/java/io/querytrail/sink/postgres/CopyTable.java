package io.querytrail.sink.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows of one kind by binary COPY: each column's name beside how its value is written. */
final class CopyTable<T> {
  record Column<T>(String name, BiConsumer<CopyBinaryEncoder, T> value) {}

  private final String copy;
  private final List<Column<T>> columns;
  private final CopyBinaryEncoder encoder = new CopyBinaryEncoder();

  CopyTable(String table, List<Column<T>> columns) {
    this.columns = List.copyOf(columns);
    this.copy =
        columns.stream()
            .map(Column::name)
            .collect(
                Collectors.joining(
                    ", ", "COPY public." + table + " (", ") FROM STDIN (FORMAT binary)"));
  }

  /** Writes all the rows or none. */
  void write(Connection connection, List<T> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    encoder.begin();
    for (T row : rows) {
      encoder.row(columns.size());
      for (Column<T> column : columns) {
        column.value().accept(encoder, row);
      }
    }
    encoder.end();
    CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
    try {
      in.writeToCopy(encoder.buffer(), 0, encoder.length());
      in.endCopy();
    } finally {
      if (in.isActive()) {
        in.cancelCopy();
      }
    }
  }
}
