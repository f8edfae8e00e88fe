package io.querytrail.sink.postgres;

import io.querytrail.sink.log.MinuteCounts;
import io.querytrail.sink.log.MinuteLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.SortedMap;

/** Adds to the counts of minutes. */
final class MinuteMetricsTable {
  private static final String ADD =
      """
      INSERT INTO public.query_performance_metrics AS kept (minute, account, provider, model, currency, requests,
        approved, rejected, cache_hits, calls, errors, input_tokens, output_tokens, cost, latency_counts)
      SELECT minute, account, provider, model, currency, requests, approved, rejected, cache_hits, calls, errors,
        input_tokens, output_tokens, cost, latency_counts::bigint[]
      FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[],
          ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::numeric[], ?::text[])
        AS added (minute, account, provider, model, currency, requests, approved, rejected, cache_hits, calls,
          errors, input_tokens, output_tokens, cost, latency_counts)
      ON CONFLICT (minute, account, provider, model, currency) DO UPDATE SET
        requests = kept.requests + excluded.requests,
        approved = kept.approved + excluded.approved,
        rejected = kept.rejected + excluded.rejected,
        cache_hits = kept.cache_hits + excluded.cache_hits,
        calls = kept.calls + excluded.calls,
        errors = kept.errors + excluded.errors,
        input_tokens = kept.input_tokens + excluded.input_tokens,
        output_tokens = kept.output_tokens + excluded.output_tokens,
        cost = kept.cost + excluded.cost,
        latency_counts = public.add_latency_counts(kept.latency_counts, excluded.latency_counts)
      """;

  /** The lines in their order, so that two writers never wait for each other in a circle. */
  SqlArrays<Map.Entry<MinuteLine, MinuteCounts>> arrays(SortedMap<MinuteLine, MinuteCounts> lines) {
    return new SqlArrays<Map.Entry<MinuteLine, MinuteCounts>>(lines.entrySet())
        .values(line -> line.getKey().minute())
        .text(line -> line.getKey().account())
        .text(line -> line.getKey().provider())
        .text(line -> line.getKey().model())
        .text(line -> line.getKey().currency())
        .values(line -> line.getValue().requests())
        .values(line -> line.getValue().approved())
        .values(line -> line.getValue().rejected())
        .values(line -> line.getValue().cacheHits())
        .values(line -> line.getValue().calls())
        .values(line -> line.getValue().errors())
        .values(line -> line.getValue().inputTokens())
        .values(line -> line.getValue().outputTokens())
        .values(line -> line.getValue().cost().toPlainString())
        .text(line -> line.getValue().latencies().arrayText());
  }

  /** Adds what {@link #arrays} made. */
  void add(Connection connection, SqlArrays<Map.Entry<MinuteLine, MinuteCounts>> lines)
      throws SQLException {
    lines.update(connection, ADD);
  }
}
