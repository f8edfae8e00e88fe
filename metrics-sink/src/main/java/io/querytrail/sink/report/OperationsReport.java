package io.querytrail.sink.report;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The state of the log and of its server, as the views of {@code querytrail_ops} tell it. */
public final class OperationsReport {
  /** What can be looked at. */
  public enum View {
    HEALTH("querytrail_ops.check_database_health()"),
    ALERTS("querytrail_ops.v_performance_alerts"),
    SLOW_QUERIES("querytrail_ops.v_slow_queries"),
    CONNECTIONS("querytrail_ops.v_connection_pool_health"),
    TRANSACTIONS("querytrail_ops.v_long_transactions"),
    BLOCKED("querytrail_ops.v_blocked_sessions"),
    TABLES("querytrail_ops.v_tables_needing_maintenance"),
    BLOAT("querytrail_ops.v_bloat WHERE bytes > 0"),
    INDEXES("querytrail_ops.v_index_usage"),
    CACHE("querytrail_ops.v_cache_hit_ratio"),
    PARTITIONS("querytrail_ops.partition_sizes"),
    MONTHS("querytrail_ops.partition_problems()"),
    SINK("querytrail_ops.v_sink_lag"),
    MODELS("querytrail_ops.v_ai_model_performance"),
    TASKS("querytrail_ops.v_ai_task_performance"),
    TRENDS("querytrail_ops.v_query_performance_trends"),
    THRESHOLDS("querytrail_ops.thresholds ORDER BY name");

    private final String source;

    View(String source) {
      this.source = source;
    }
  }

  /**
   * Rows and what the server remarked on them.
   *
   * @param rows values by the order of the columns: numbers, booleans, texts and lists
   */
  public record Answer(
      List<String> columns, List<List<@Nullable Object>> rows, List<String> notices) {}

  private final DataSource dataSource;

  public OperationsReport(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Reads a view. Of other roles' sessions and statements the server tells members of pg_monitor
   * alone.
   */
  public Answer read(View view) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + view.source)) {
      List<String> columns = columns(rows.getMetaData());
      List<List<@Nullable Object>> values = new ArrayList<>();
      while (rows.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
          row.add(value(rows.getObject(i)));
        }
        values.add(row);
      }
      return new Answer(columns, values, notices(statement));
    }
  }

  private static List<String> columns(ResultSetMetaData description) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= description.getColumnCount(); i++) {
      columns.add(description.getColumnName(i));
    }
    return columns;
  }

  private static @Nullable Object value(@Nullable Object read) throws SQLException {
    return switch (read) {
      case null -> null;
      case Number number -> number;
      case Boolean truth -> truth;
      case Array array -> Arrays.asList((Object[]) array.getArray());
      default -> read.toString();
    };
  }

  private static List<String> notices(Statement statement) throws SQLException {
    List<String> notices = new ArrayList<>();
    for (SQLWarning warning = statement.getWarnings();
        warning != null;
        warning = warning.getNextWarning()) {
      notices.add(String.valueOf(warning.getMessage()));
    }
    return notices;
  }
}
