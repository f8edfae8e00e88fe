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

  private static final int PIECE_BYTES = 64 * 1024;

  private final String copy;
  private final List<Column<T>> columns;
  private final CopyBinaryEncoder encoder = new CopyBinaryEncoder();

  CopyTable(String table, List<Column<T>> columns) {
    this.columns = List.copyOf(columns);
    this.copy =
        columns.stream()
            .map(Column::name)
            .collect(
                Collectors.joining(", ", "COPY " + table + " (", ") FROM STDIN (FORMAT binary)"));
  }

  /** The columns that are written, in their order. */
  List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  /** Writes all the rows or none. */
  void write(Connection connection, List<T> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
    try {
      encoder.begin();
      for (T row : rows) {
        encoder.row(columns.size());
        for (Column<T> column : columns) {
          column.value().accept(encoder, row);
        }
        // In pieces, so that the server works on the first rows while the next are encoded.
        if (encoder.length() >= PIECE_BYTES) {
          in.writeToCopy(encoder.buffer(), 0, encoder.length());
          in.flushCopy();
          encoder.handedOn();
        }
      }
      encoder.end();
      in.writeToCopy(encoder.buffer(), 0, encoder.length());
      in.endCopy();
    } finally {
      if (in.isActive()) {
        in.cancelCopy();
      }
    }
  }
}
