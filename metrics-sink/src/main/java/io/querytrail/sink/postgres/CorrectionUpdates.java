package io.querytrail.sink.postgres;

import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.Tokens;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds corrections to the sums of the log rows that they are about. */
final class CorrectionUpdates {
  private record Change(
      RequestKey key,
      int corrections,
      int attempts,
      boolean usageComplete,
      Tokens tokens,
      BigDecimal delta) {
    static Change of(CorrectedQuery correction) {
      return new Change(
          correction.key(),
          1,
          correction.attempts().count(),
          correction.attempts().usageComplete(),
          correction.attempts().tokens(),
          correction.delta());
    }

    Change plus(Change other) {
      return new Change(
          key,
          corrections + other.corrections,
          attempts + other.attempts,
          usageComplete && other.usageComplete,
          tokens.plus(other.tokens),
          delta.add(other.delta));
    }
  }

  private static final String UPDATE =
      """
      UPDATE public.ai_query_log AS log
      SET corrections = least(log.corrections + change.corrections, 32767),
        attempts = least(log.attempts + change.attempts, 32767),
        usage_complete = log.usage_complete AND change.usage_complete,
        cost = log.cost + change.delta,
        input_tokens = public.int_at_most(coalesce(log.input_tokens + change.input, log.input_tokens, change.input)),
        cached_input_tokens =
          public.int_at_most(coalesce(log.cached_input_tokens + change.cached, log.cached_input_tokens, change.cached)),
        cache_write_tokens =
          public.int_at_most(coalesce(log.cache_write_tokens + change.cache_write, log.cache_write_tokens, change.cache_write)),
        output_tokens = public.int_at_most(coalesce(log.output_tokens + change.output, log.output_tokens, change.output)),
        reasoning_tokens =
          public.int_at_most(coalesce(log.reasoning_tokens + change.reasoning, log.reasoning_tokens, change.reasoning))
      FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::int4[], ?::int4[], ?::boolean[], ?::numeric[],
          ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[])
        AS change (created_at, request_id, account, corrections, attempts, usage_complete, delta,
          input, cached, cache_write, output, reasoning)
      WHERE (log.created_at, log.request_id, log.account)
        = (change.created_at, change.request_id, change.account)
      """;

  /** Fails with {@link SqlFailures#NO_LOG_ROW} unless each correction finds its row. */
  void apply(Connection connection, List<CorrectedQuery> corrections) throws SQLException {
    if (corrections.isEmpty()) {
      return;
    }
    // A statement changes a row once, however often it is named: sum up first.
    Map<RequestKey, Change> byRow = new LinkedHashMap<>();
    corrections.forEach(
        correction -> byRow.merge(correction.key(), Change.of(correction), Change::plus));
    List<Change> changes = new ArrayList<>(byRow.values());
    int updated =
        new SqlArrays<Change>(changes)
            .keys(Change::key)
            .values(Change::corrections)
            .values(Change::attempts)
            .values(Change::usageComplete)
            .values(change -> change.delta().toPlainString())
            .values(change -> change.tokens().input())
            .values(change -> change.tokens().cachedInput())
            .values(change -> change.tokens().cacheWrite())
            .values(change -> change.tokens().output())
            .values(change -> change.tokens().reasoning())
            .update(connection, UPDATE);
    if (updated != changes.size()) {
      throw new SQLException(
          "a correction has no row in ai_query_log to correct", SqlFailures.NO_LOG_ROW);
    }
  }
}
