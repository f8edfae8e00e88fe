package io.querytrail.sink.report;

import io.querytrail.sink.report.RequestStory.LoggedAttempt;
import io.querytrail.sink.report.RequestStory.LoggedCorrection;
import io.querytrail.sink.report.RequestStory.LoggedExecution;
import io.querytrail.sink.report.RequestStory.LoggedRequest;
import io.querytrail.sink.report.RequestStory.TokenCounts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Finds requests by their id. Safe for use by several threads. */
public final class RequestStories {
  /** An id is unique within its account; of more than so many equal ones, the newest are told. */
  private static final int MAX_STORIES = 20;

  private static final String REQUESTS =
      """
      SELECT * FROM public.query_log
      WHERE request_id = ? AND (?::text IS NULL OR account = ?)
      ORDER BY created_at DESC, account
      LIMIT ?
      """;
  private static final String KEY = " WHERE created_at = ? AND request_id = ? AND account = ? ";
  private static final String ATTEMPTS =
      "SELECT * FROM public.query_attempts" + KEY + "ORDER BY chain_sequence, ordinal";
  private static final String CORRECTIONS =
      "SELECT * FROM public.query_corrections" + KEY + "ORDER BY chain_sequence";
  private static final String EXECUTIONS =
      "SELECT * FROM public.query_executions" + KEY + "ORDER BY executed_at, execution_id";

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final DataSource dataSource;

  /** Reads from the sink's database. */
  public RequestStories(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * The requests of that id, the newest first.
   *
   * @param account null for any account
   * @throws SQLException when the database does not answer
   */
  public List<RequestStory> find(String requestId, @Nullable String account) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      List<LoggedRequest> requests = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(REQUESTS)) {
        query.setString(1, requestId);
        query.setString(2, account);
        query.setString(3, account);
        query.setInt(4, MAX_STORIES);
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            requests.add(request(row));
          }
        }
      }
      List<RequestStory> stories = new ArrayList<>();
      for (LoggedRequest request : requests) {
        stories.add(
            new RequestStory(
                request,
                details(connection, ATTEMPTS, request, RequestStories::attempt),
                details(connection, CORRECTIONS, request, RequestStories::correction),
                details(connection, EXECUTIONS, request, RequestStories::execution)));
      }
      return stories;
    }
  }

  private static <T> List<T> details(
      Connection connection, String sql, LoggedRequest request, RowReader<T> reader)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setObject(1, request.createdAt().atOffset(ZoneOffset.UTC));
      query.setString(2, request.requestId());
      query.setString(3, request.account());
      List<T> details = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          details.add(reader.read(row));
        }
      }
      return details;
    }
  }

  private static LoggedRequest request(ResultSet row) throws SQLException {
    return new LoggedRequest(
        row.getString("request_id"),
        row.getString("account"),
        row.getString("user_id"),
        row.getString("team"),
        row.getString("datasource"),
        row.getString("natural_query"),
        row.getString("verdict"),
        row.getString("stage"),
        row.getString("reason"),
        row.getString("message"),
        row.getString("generated_sql"),
        row.getString("approved_sql"),
        texts(row.getArray("relations")),
        row.getObject("row_cap", Integer.class),
        row.getString("violations"),
        row.getString("receipt"),
        row.getString("provider"),
        row.getString("model"),
        row.getInt("attempts"),
        row.getInt("repairs"),
        row.getBoolean("cache_hit"),
        row.getString("cache_tier"),
        row.getObject("cache_age_ms", Long.class),
        row.getBoolean("degraded"),
        tokens(row),
        row.getBoolean("usage_complete"),
        row.getBigDecimal("cost"),
        row.getString("currency"),
        row.getString("price_version"),
        row.getObject("policy_version", Long.class),
        Columns.decimal(row, "plan_cost"),
        Columns.decimal(row, "plan_rows"),
        Columns.wholeNumber(row, "queue_ms"),
        Columns.wholeNumber(row, "schema_ms"),
        Columns.wholeNumber(row, "model_ms"),
        Columns.wholeNumber(row, "explain_ms"),
        Columns.wholeNumber(row, "safety_us"),
        row.getObject("execution_time_ms", Long.class),
        row.getString("schema_fingerprint"),
        row.getString("prompt_version"),
        row.getString("trace_id"),
        row.getString("tags"),
        instant(row, "created_at"),
        instant(row, "decided_at"),
        row.getInt("request_partition"),
        row.getLong("request_offset"),
        row.getInt("kafka_partition"),
        row.getLong("kafka_offset"),
        row.getLong("chain_sequence"),
        row.getString("chain_key_id"),
        row.getString("chain_hash"));
  }

  private static LoggedAttempt attempt(ResultSet row) throws SQLException {
    return new LoggedAttempt(
        row.getLong("chain_sequence"),
        row.getInt("ordinal"),
        row.getInt("attempt"),
        row.getString("purpose"),
        row.getString("provider"),
        row.getString("model"),
        row.getString("response_model"),
        row.getBoolean("sent"),
        instant(row, "started_at"),
        row.getLong("latency_ms"),
        row.getString("error_type"),
        Columns.smallNumber(row, "http_status"),
        tokens(row),
        row.getBigDecimal("cost"),
        row.getString("currency"),
        row.getBoolean("estimated"),
        row.getBoolean("correction"));
  }

  private static LoggedCorrection correction(ResultSet row) throws SQLException {
    return new LoggedCorrection(
        row.getLong("chain_sequence"),
        row.getString("reason"),
        row.getInt("attempts"),
        row.getBigDecimal("delta"),
        row.getString("currency"),
        instant(row, "corrected_at"));
  }

  private static LoggedExecution execution(ResultSet row) throws SQLException {
    return new LoggedExecution(
        row.getString("execution_id"),
        row.getString("status"),
        row.getLong("execution_time_ms"),
        row.getObject("rows", Long.class),
        row.getString("error"),
        row.getString("sql_state"),
        instant(row, "executed_at"),
        row.getString("executor"));
  }

  private static TokenCounts tokens(ResultSet row) throws SQLException {
    return new TokenCounts(
        Columns.wholeNumber(row, "input_tokens"),
        Columns.wholeNumber(row, "cached_input_tokens"),
        Columns.wholeNumber(row, "cache_write_tokens"),
        Columns.wholeNumber(row, "output_tokens"),
        Columns.wholeNumber(row, "reasoning_tokens"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
