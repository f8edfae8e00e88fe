package io.querytrail.sink.postgres;

import io.querytrail.sink.log.CostSums;
import io.querytrail.sink.log.MonthLine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.SortedMap;

/** Adds to the monthly sums. */
final class CostMonthlyTable {
  private static final String ADD =
      """
      INSERT INTO public.cost_monthly AS kept (month, account, team, datasource, provider, model, currency,
        requests, approved, rejected, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
        reasoning_tokens, cost)
      SELECT * FROM unnest(?::date[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::numeric[])
      ON CONFLICT (month, account, team, datasource, provider, model, currency) DO UPDATE SET
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

  /** The lines in their order, so that two writers never wait for each other in a circle. */
  void add(Connection connection, SortedMap<MonthLine, CostSums> lines) throws SQLException {
    if (lines.isEmpty()) {
      return;
    }
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      new SqlArrays<Map.Entry<MonthLine, CostSums>>(add, lines.entrySet())
          .values("date", line -> line.getKey().month())
          .text(line -> line.getKey().account())
          .text(line -> line.getKey().team())
          .text(line -> line.getKey().datasource())
          .text(line -> line.getKey().provider())
          .text(line -> line.getKey().model())
          .text(line -> line.getKey().currency())
          .values("int8", line -> line.getValue().requests())
          .values("int8", line -> line.getValue().approved())
          .values("int8", line -> line.getValue().rejected())
          .values("int8", line -> line.getValue().tokens().input())
          .values("int8", line -> line.getValue().tokens().cachedInput())
          .values("int8", line -> line.getValue().tokens().cacheWrite())
          .values("int8", line -> line.getValue().tokens().output())
          .values("int8", line -> line.getValue().tokens().reasoning())
          .values("numeric", line -> line.getValue().cost().toPlainString());
      add.executeUpdate();
    }
  }
}
