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

  /** No rows yet. */
  Rows newRows() {
    return new Rows();
  }

  /** Writes all the rows or none. */
  void write(Connection connection, List<T> values) throws SQLException {
    Rows rows = newRows();
    values.forEach(rows::add);
    rows.write(connection);
  }

  /** Rows as bytes, which they become when they are added. For use by one thread at a time. */
  final class Rows {
    private final CopyBinaryEncoder encoder = new CopyBinaryEncoder();

    void add(T row) {
      encoder.beginRow(columns.size());
      for (Column<T> column : columns) {
        column.value().accept(encoder, row);
      }
      encoder.endRow();
    }

    /** Writes all the rows or none; they stay, to be written again after a failure. */
    void write(Connection connection) throws SQLException {
      if (encoder.isEmpty()) {
        return;
      }
      encoder.fillIn();
      CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
      try {
        encoder.writeTo(in::writeToCopy);
        in.endCopy();
      } finally {
        if (in.isActive()) {
          in.cancelCopy();
        }
      }
    }
  }
}
