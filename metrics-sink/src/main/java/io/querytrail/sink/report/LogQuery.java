package io.querytrail.sink.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Pages through the log by key, so that a page costs the same at any depth. What an index finds is
 * found by it; for the rest a page looks at so many rows and no more, and says how far it came.
 * Safe for use by several threads.
 */
public final class LogQuery {
  /** The largest page. */
  public static final int MAX_SIZE = 1_000;

  /** Rows that one page looks at when it filters by what no index has. */
  static final int MAX_LOOKED_AT = 20_000;

  /** A rule that was broken no more often than this is found by its index, and sorted. */
  private static final int RARE = 2_000;

  private static final String COLUMNS =
      """
      created_at, request_id, account, user_id, team, datasource, verdict, stage, reason, violations, provider, model,
        cache_hit, attempts, input_tokens, output_tokens, cost, settings_id, execution_time_ms, natural_query,
        generated_sql
      """;

  private static final String SELECT =
      "SELECT "
          + COLUMNS.strip()
          + ", (SELECT currency FROM public.request_settings AS s WHERE s.id = looked_at.settings_id)"
          + " AS currency FROM (";

  private static final String KEY = "created_at DESC, request_id DESC, account DESC";

  private final DataSource dataSource;
  private final int maxLookedAt;

  /** Reads from the sink's database. */
  public LogQuery(DataSource dataSource) {
    this(dataSource, MAX_LOOKED_AT);
  }

  LogQuery(DataSource dataSource, int maxLookedAt) {
    this.dataSource = dataSource;
    this.maxLookedAt = maxLookedAt;
  }

  /**
   * The requests after the cursor, or the newest ones.
   *
   * @param size of the page, from 1 to {@link #MAX_SIZE}
   * @throws SQLException when the database does not answer
   */
  public LogPage page(LogFilter filter, @Nullable LogCursor after, int size) throws SQLException {
    if (size < 1 || size > MAX_SIZE) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_SIZE + " rows, not " + size);
    }
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      LogPage page = filter.rule() == null ? null : pageOfRareRule(connection, filter, after, size);
      if (page == null) {
        page = pageInOrder(connection, filter, after, size);
      }
      connection.rollback();
      return page;
    }
  }

  private LogPage pageInOrder(
      Connection connection, LogFilter filter, @Nullable LogCursor after, int size)
      throws SQLException {
    LogConditions conditions = LogConditions.of(filter, after);
    boolean filtered = !conditions.unindexed().isEmpty();
    String lookedAt =
        "SELECT %s, %s AS bucket FROM public.ai_query_log%s ORDER BY bucket DESC, %s LIMIT %d"
            .formatted(
                COLUMNS.strip(),
                conditions.bucket(),
                conditions.indexed().where(),
                KEY,
                filtered ? Math.max(maxLookedAt, size + 1) : size + 1);
    String sql =
        SELECT
            + lookedAt
            + ") AS looked_at"
            + conditions.unindexed().where()
            + " ORDER BY bucket DESC, "
            + KEY
            + " LIMIT "
            + (size + 1);
    List<LogPage.Row> rows = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      conditions.unindexed().bind(query, conditions.indexed().bind(query, 1));
      rows.addAll(rows(query.executeQuery()));
    }
    if (rows.size() > size) {
      return page(rows, size);
    }
    return new LogPage(
        rows, filtered ? lastLookedAt(connection, lookedAt, conditions, size) : null);
  }

  /** Where a page that is not full stopped to look; null where the log ended. */
  private @Nullable LogCursor lastLookedAt(
      Connection connection, String lookedAt, LogConditions conditions, int size)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT created_at, request_id, account FROM ("
                + lookedAt
                + ") AS looked_at OFFSET "
                + (Math.max(maxLookedAt, size + 1) - 1))) {
      conditions.indexed().bind(query, 1);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? new LogCursor(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                row.getString(2),
                row.getString(3))
            : null;
      }
    }
  }

  /** The page by way of the rules' index; null where too many rows have the rule to sort them. */
  private static @Nullable LogPage pageOfRareRule(
      Connection connection, LogFilter filter, @Nullable LogCursor after, int size)
      throws SQLException {
    LogConditions conditions = LogConditions.of(filter, after);
    String sql =
        SELECT
            + "SELECT "
            + COLUMNS.strip()
            + ", count(*) OVER () AS found FROM (SELECT "
            + COLUMNS.strip()
            + " FROM public.ai_query_log"
            + conditions.all().where()
            + " LIMIT "
            + (RARE + 1)
            + ") AS with_rule) AS looked_at WHERE found <= "
            + RARE
            + " ORDER BY "
            + KEY
            + " LIMIT "
            + (size + 1);
    List<LogPage.Row> rows = new ArrayList<>();
    try (Statement settings = connection.createStatement()) {
      // Without it the server may read whole months in the hope of many rows.
      settings.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off");
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        conditions.all().bind(query, 1);
        rows.addAll(rows(query.executeQuery()));
      }
    }
    // With it the settings end.
    connection.rollback();
    return rows.isEmpty() ? null : page(rows, size);
  }

  private static LogPage page(List<LogPage.Row> rows, int size) {
    return rows.size() > size
        ? new LogPage(rows.subList(0, size), rows.get(size - 1).cursor())
        : new LogPage(rows, null);
  }

  private static List<LogPage.Row> rows(ResultSet result) throws SQLException {
    List<LogPage.Row> rows = new ArrayList<>();
    try (result) {
      while (result.next()) {
        rows.add(row(result));
      }
    }
    return rows;
  }

  private static LogPage.Row row(ResultSet row) throws SQLException {
    return new LogPage.Row(
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("request_id"),
        row.getString("account"),
        row.getString("user_id"),
        row.getString("team"),
        row.getString("datasource"),
        row.getString("verdict"),
        row.getString("stage"),
        row.getString("reason"),
        row.getString("violations"),
        row.getString("provider"),
        row.getString("model"),
        row.getBoolean("cache_hit"),
        row.getInt("attempts"),
        Columns.wholeNumber(row, "input_tokens"),
        Columns.wholeNumber(row, "output_tokens"),
        row.getBigDecimal("cost"),
        row.getString("currency"),
        Columns.wholeNumber(row, "execution_time_ms"),
        row.getString("natural_query"),
        row.getString("generated_sql"));
  }
}
