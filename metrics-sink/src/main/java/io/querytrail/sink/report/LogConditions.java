package io.querytrail.sink.report;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A filter as conditions: those that narrow down what an index reads in the order of time, and
 * those that are looked at row by row.
 *
 * @param bucket expression that the index has its rows in the order of
 */
record LogConditions(String bucket, Part indexed, Part unindexed) {
  private static final String MINUTE = "date_trunc('minute', created_at AT TIME ZONE 'UTC')";
  private static final String HOUR = "date_trunc('hour', created_at AT TIME ZONE 'UTC')";

  /** Conditions that must all hold, with their values in order. */
  record Part(List<String> conditions, List<Object> values) {
    Part() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    boolean isEmpty() {
      return conditions.isEmpty();
    }

    String where() {
      return isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** Sets the values from that parameter on and returns the number of the next one. */
    int bind(PreparedStatement statement, int first) throws SQLException {
      int parameter = first;
      for (Object value : values) {
        statement.setObject(parameter++, value);
      }
      return parameter;
    }

    private void add(String condition, @Nullable Object... parameters) {
      for (Object parameter : parameters) {
        if (parameter == null) {
          return;
        }
      }
      conditions.add(condition);
      values.addAll(List.of(parameters));
    }
  }

  static LogConditions of(LogFilter filter, @Nullable LogCursor after) {
    Part indexed = new Part();
    Part unindexed = new Part();
    boolean rejected = filter.account() != null && "REJECTED".equals(filter.verdict());
    boolean ofUser = filter.account() != null && filter.user() != null;
    boolean misses =
        filter.account() == null
            && filter.model() != null
            && Boolean.FALSE.equals(filter.cacheHit());
    String bucket = bucket(filter, ofUser || rejected || misses);

    indexed.add("account = ?", filter.account());
    (ofUser ? indexed : unindexed).add("user_id = ?", filter.user());
    (rejected ? indexed : unindexed).add("verdict = ?", filter.verdict());
    (misses ? indexed : unindexed).add("model = ?", filter.model());
    if (filter.cacheHit() != null) {
      (misses ? indexed : unindexed)
          .conditions.add(filter.cacheHit() ? "cache_hit" : "NOT cache_hit");
    }
    indexed.add("created_at >= ?", time(filter.since()));
    indexed.add("created_at < ?", time(filter.until()));
    if (after != null) {
      OffsetDateTime at = time(after.createdAt());
      // The months that are newer are not looked at; the rest is found by the index's own order.
      indexed.add("created_at <= ?", at);
      indexed.add(
          "(created_at, request_id, account) < (?, ?, ?)", at, after.requestId(), after.account());
      if (!bucket.equals("created_at")) {
        indexed.add(bucket + " <= " + bucket.replace("created_at", "?::timestamptz"), at);
      }
    }
    unindexed.add("datasource = ?", filter.datasource());
    unindexed.add("reason = ?", filter.reason());
    unindexed.add(
        "violations @> jsonb_build_array(jsonb_build_object('rule', ?::text))", filter.rule());
    unindexed.add("cost >= ?", filter.minCost());
    unindexed.add("cost <= ?", filter.maxCost());
    unindexed.add(
        "(strpos(lower(natural_query), lower(?::text)) > 0 OR strpos(lower(generated_sql), lower(?::text)) > 0)",
        filter.text(),
        filter.text());
    return new LogConditions(bucket, indexed, unindexed);
  }

  private static String bucket(LogFilter filter, boolean byHour) {
    if (byHour) {
      return HOUR;
    }
    return filter.account() == null ? "created_at" : MINUTE;
  }

  /** Both parts as one. */
  Part all() {
    Part all = new Part(new ArrayList<>(indexed.conditions), new ArrayList<>(indexed.values));
    all.conditions.addAll(unindexed.conditions);
    all.values.addAll(unindexed.values);
    return all;
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
