package io.querytrail.sink.postgres;

import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.StorableText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The columns of many rows as array parameters, for statements that {@code unnest} them and cast
 * each to its type. Needs no connection before it is bound, so it may be made while that is busy.
 */
final class SqlArrays<T> {
  private final Collection<? extends T> rows;
  private final List<String> columns = new ArrayList<>();

  SqlArrays(Collection<? extends T> rows) {
    this.rows = rows;
  }

  SqlArrays<T> text(Function<T, @Nullable String> value) {
    StringBuilder array = new StringBuilder("{");
    for (T row : rows) {
      begin(array);
      String text = StorableText.of(value.apply(row));
      if (text == null) {
        array.append("NULL");
      } else {
        quote(array, text);
      }
    }
    return add(array);
  }

  /** Numbers, dates and instants, whose text form is PostgreSQL's. */
  SqlArrays<T> values(Function<T, @Nullable Object> value) {
    StringBuilder array = new StringBuilder("{");
    for (T row : rows) {
      begin(array);
      // Of null it is the array's own word for it.
      array.append(value.apply(row));
    }
    return add(array);
  }

  SqlArrays<T> keys(Function<T, RequestKey> key) {
    return values(row -> key.apply(row).createdAt())
        .text(row -> key.apply(row).requestId())
        .text(row -> key.apply(row).account());
  }

  /**
   * Runs the statement with the columns in the order in which they were added; without rows there
   * is nothing to run.
   *
   * @return how many rows it changed
   */
  int update(Connection connection, String sql) throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement);
      return statement.executeUpdate();
    }
  }

  /** Binds the columns in the order in which they were added. */
  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      statement.setObject(i + 1, columns.get(i), Types.OTHER);
    }
  }

  private static void begin(StringBuilder array) {
    if (array.length() > 1) {
      array.append(',');
    }
  }

  private static void quote(StringBuilder array, String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    array.append('"').append(escaped).append('"');
  }

  private SqlArrays<T> add(StringBuilder array) {
    columns.add(array.append('}').toString());
    return this;
  }
}
