package io.querytrail.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.service.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Asks a database what a test wants to know. */
public final class TestDatabase {
  private final DatabaseConfig config;

  public TestDatabase(DatabaseConfig config) {
    this.config = config;
  }

  static String password(DatabaseConfig config) {
    return Objects.requireNonNull(config.password()).reveal();
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        config.jdbcUrl(), config.user(), Objects.requireNonNull(config.password()).reveal());
  }

  public DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(config.jdbcUrl());
    dataSource.setUser(config.user());
    dataSource.setPassword(Objects.requireNonNull(config.password()).reveal());
    return dataSource;
  }

  /** All rows, each as its values' texts parted by bars; null is an empty text. */
  public List<String> rows(String sql, Object... parameters) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<String> rows = new ArrayList<>();
        while (result.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            @Nullable String value = result.getString(i);
            values.add(value == null ? "" : value);
          }
          rows.add(String.join("|", values));
        }
        return rows;
      }
    }
  }

  /** The only value of the only row. */
  public String value(String sql, Object... parameters) throws SQLException {
    List<String> rows = rows(sql, parameters);
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  public long count(String table, String account) throws SQLException {
    return Long.parseLong(value("SELECT count(*) FROM " + table + " WHERE account = ?", account));
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
