package io.querytrail.sink.postgres;

import io.querytrail.sink.log.CostLine;
import io.querytrail.sink.log.CostSums;
import io.querytrail.sink.log.MonthLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adds to the sums of cost of days or of months.
 *
 * @param <K> what a line is kept by
 */
final class CostTable<K> {
  private static final String ADD =
      """
      INSERT INTO public.%1$s AS kept (%2$s, requests, approved, rejected, input_tokens, cached_input_tokens,
        cache_write_tokens, output_tokens, reasoning_tokens, cost)
      SELECT * FROM unnest(?::date[], %3$s, ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[],
        ?::int8[], ?::numeric[])
      ON CONFLICT (%2$s) DO UPDATE SET
        requests = kept.requests + excluded.requests,
        approved = kept.approved + excluded.approved,
        rejected = kept.rejected + excluded.rejected,
        input_tokens = kept.input_tokens + excluded.input_tokens,
        cached_input_tokens = kept.cached_input_tokens + excluded.cached_input_tokens,
        cache_write_tokens = kept.cache_write_tokens + excluded.cache_write_tokens,
        output_tokens = kept.output_tokens + excluded.output_tokens,
        reasoning_tokens = kept.reasoning_tokens + excluded.reasoning_tokens,
        cost = kept.cost + excluded.cost
      """;

  private record Column<K>(String name, Function<K, String> value) {}

  private final String add;
  private final Function<K, Object> date;
  private final List<Column<K>> key;

  private CostTable(
      String table, String dateColumn, Function<K, Object> date, List<Column<K>> key) {
    this.date = date;
    this.key = key;
    this.add =
        ADD.formatted(
            table,
            key.stream().map(Column::name).collect(Collectors.joining(", ", dateColumn + ", ", "")),
            key.stream().map(column -> "?::text[]").collect(Collectors.joining(", ")));
  }

  /** The sums of days. */
  static CostTable<CostLine> daily() {
    return new CostTable<>(
        "cost_daily",
        "day",
        CostLine::day,
        List.of(
            new Column<>("account", CostLine::account),
            new Column<>("team", CostLine::team),
            new Column<>("user_id", CostLine::user),
            new Column<>("datasource", CostLine::datasource),
            new Column<>("provider", CostLine::provider),
            new Column<>("model", CostLine::model),
            new Column<>("currency", CostLine::currency)));
  }

  /** The sums of months. */
  static CostTable<MonthLine> monthly() {
    return new CostTable<>(
        "cost_monthly",
        "month",
        MonthLine::month,
        List.of(
            new Column<>("account", MonthLine::account),
            new Column<>("team", MonthLine::team),
            new Column<>("datasource", MonthLine::datasource),
            new Column<>("provider", MonthLine::provider),
            new Column<>("model", MonthLine::model),
            new Column<>("currency", MonthLine::currency)));
  }

  /** The lines in their order, so that two writers never wait for each other in a circle. */
  SqlArrays<Map.Entry<K, CostSums>> arrays(SortedMap<K, CostSums> lines) {
    SqlArrays<Map.Entry<K, CostSums>> arrays = new SqlArrays<>(lines.entrySet());
    arrays.values(line -> date.apply(line.getKey()));
    for (Column<K> column : key) {
      arrays.text(line -> column.value().apply(line.getKey()));
    }
    return arrays
        .values(line -> line.getValue().requests())
        .values(line -> line.getValue().approved())
        .values(line -> line.getValue().rejected())
        .values(line -> line.getValue().tokens().input())
        .values(line -> line.getValue().tokens().cachedInput())
        .values(line -> line.getValue().tokens().cacheWrite())
        .values(line -> line.getValue().tokens().output())
        .values(line -> line.getValue().tokens().reasoning())
        .values(line -> line.getValue().cost().toPlainString());
  }

  /** Adds what {@link #arrays} made. */
  void add(Connection connection, SqlArrays<Map.Entry<K, CostSums>> lines) throws SQLException {
    lines.update(connection, add);
  }
}
