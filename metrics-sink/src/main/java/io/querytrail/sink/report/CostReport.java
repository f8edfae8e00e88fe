package io.querytrail.sink.report;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What requests cost, by any combination of keys. Safe for use by several threads. */
public final class CostReport {
  /** What can be grouped by. Days and months are UTC's. */
  public enum GroupKey {
    ACCOUNT("account"),
    TEAM("team"),
    USER("user_id"),
    DATASOURCE("datasource"),
    PROVIDER("provider"),
    MODEL("model"),
    DAY("to_char(day, 'YYYY-MM-DD')"),
    MONTH("to_char(%s, 'YYYY-MM')");

    private final String expression;

    GroupKey(String expression) {
      this.expression = expression;
    }
  }

  /**
   * One group. Amounts of different currencies are never added up: each has a row of its own.
   *
   * @param keys values of the keys in the order they were asked for; empty text where unknown
   * @param requests each counted once, at the model that answered, else the last one asked
   * @param inputTokens of the calls whose usage is known; cached tokens included
   * @param outputTokens of the calls whose usage is known; reasoning tokens included
   * @param cost to 12 decimal places
   * @param currency ISO 4217 code; empty for requests that were refused before any was known
   */
  public record Row(
      Map<GroupKey, String> keys,
      long requests,
      long approved,
      long rejected,
      long inputTokens,
      long outputTokens,
      BigDecimal cost,
      String currency) {
    public Row {
      keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }
  }

  private static final String SUMS =
      """
      sum(requests)::int8 AS requests, sum(approved)::int8 AS approved, sum(rejected)::int8 AS rejected,
      sum(input_tokens)::int8 AS input_tokens, sum(output_tokens)::int8 AS output_tokens, sum(cost) AS cost
      FROM public.%s
      WHERE %s >= ? AND %s < ?
      """;

  /** Before and after every day that the log can hold. */
  private static final LocalDate FIRST = LocalDate.EPOCH;

  private static final LocalDate END = LocalDate.of(10_000, 1, 1);

  private final DataSource dataSource;

  /** Reads from the sink's database. */
  public CostReport(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * The groups, ordered by their keys.
   *
   * @param by may be empty: one row for each currency then
   * @param since first UTC day; null for all
   * @param until first UTC day that no longer counts; null for all
   * @throws SQLException when the database does not answer
   */
  public List<Row> rows(List<GroupKey> by, @Nullable LocalDate since, @Nullable LocalDate until)
      throws SQLException {
    List<GroupKey> keys = List.copyOf(new LinkedHashSet<>(by));
    try (Connection connection = dataSource.getConnection();
        PreparedStatement query =
            connection.prepareStatement(sql(keys, byMonth(keys, since, until)))) {
      query.setObject(1, since == null ? FIRST : since);
      query.setObject(2, until == null ? END : until);
      try (ResultSet result = query.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row(keys, result));
        }
        return rows;
      }
    }
  }

  /** Whole months that are not parted by user or day are in a far smaller table. */
  private static boolean byMonth(
      List<GroupKey> keys, @Nullable LocalDate since, @Nullable LocalDate until) {
    return !keys.contains(GroupKey.USER)
        && !keys.contains(GroupKey.DAY)
        && (since == null || since.getDayOfMonth() == 1)
        && (until == null || until.getDayOfMonth() == 1);
  }

  private static String sql(List<GroupKey> keys, boolean byMonth) {
    String time = byMonth ? "month" : "day";
    Set<String> columns =
        Stream.concat(
                keys.stream().map(key -> key.expression.formatted(time)), Stream.of("currency"))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    String list = String.join(", ", columns);
    String sums = SUMS.formatted(byMonth ? "cost_monthly" : "cost_daily", time, time);
    return "SELECT " + list + ", " + sums + "GROUP BY " + list + " ORDER BY " + list;
  }

  private static Row row(List<GroupKey> keys, ResultSet result) throws SQLException {
    Map<GroupKey, String> values = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      values.put(keys.get(i), result.getString(i + 1));
    }
    return new Row(
        values,
        result.getLong("requests"),
        result.getLong("approved"),
        result.getLong("rejected"),
        result.getLong("input_tokens"),
        result.getLong("output_tokens"),
        result.getBigDecimal("cost"),
        result.getString("currency"));
  }
}
