package io.querytrail.sink.report;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
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
    MONTH("to_char(day, 'YYYY-MM')");

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
      FROM public.cost_daily
      WHERE (?::date IS NULL OR day >= ?::date) AND (?::date IS NULL OR day < ?::date)
      """;

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
        PreparedStatement query = connection.prepareStatement(sql(keys))) {
      Date first = since == null ? null : Date.valueOf(since);
      Date end = until == null ? null : Date.valueOf(until);
      query.setDate(1, first);
      query.setDate(2, first);
      query.setDate(3, end);
      query.setDate(4, end);
      try (ResultSet result = query.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row(keys, result));
        }
        return rows;
      }
    }
  }

  private static String sql(List<GroupKey> keys) {
    Set<String> columns =
        Stream.concat(keys.stream().map(key -> key.expression), Stream.of("currency"))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    String list = String.join(", ", columns);
    return "SELECT " + list + ", " + SUMS + "GROUP BY " + list + " ORDER BY " + list;
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
