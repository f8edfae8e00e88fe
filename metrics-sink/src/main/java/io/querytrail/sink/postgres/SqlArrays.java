package io.querytrail.sink.postgres;

import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.StorableText;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds the columns of many rows as array parameters, for statements that {@code unnest} them. */
final class SqlArrays<T> {
  private final PreparedStatement statement;
  private final Connection connection;
  private final Collection<? extends T> rows;
  private int parameter;

  SqlArrays(PreparedStatement statement, Collection<? extends T> rows) throws SQLException {
    this.statement = statement;
    this.connection = statement.getConnection();
    this.rows = rows;
  }

  SqlArrays<T> text(Function<T, @Nullable String> value) throws SQLException {
    return bind("text", row -> StorableText.of(value.apply(row)));
  }

  /** Numbers, dates and instants, whose text form is PostgreSQL's. */
  SqlArrays<T> values(String type, Function<T, @Nullable Object> value) throws SQLException {
    return bind(
        type,
        row -> {
          Object bound = value.apply(row);
          return bound == null ? null : bound.toString();
        });
  }

  SqlArrays<T> keys(Function<T, RequestKey> key) throws SQLException {
    return values("timestamptz", row -> key.apply(row).createdAt())
        .text(row -> key.apply(row).requestId())
        .text(row -> key.apply(row).account());
  }

  private SqlArrays<T> bind(String type, Function<T, @Nullable String> value) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[rows.size()];
    int i = 0;
    for (T row : rows) {
      values[i++] = value.apply(row);
    }
    Array array = connection.createArrayOf(type, values);
    statement.setArray(++parameter, array);
    return this;
  }
}
