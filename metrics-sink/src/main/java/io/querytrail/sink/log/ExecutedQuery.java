package io.querytrail.sink.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of an approved statement. */
public record ExecutedQuery(
    Source source,
    RequestKey key,
    String executionId,
    String status,
    long executionTimeMillis,
    @Nullable Long rows,
    @Nullable String error,
    @Nullable String sqlState,
    Instant executedAt,
    String executor)
    implements SinkRecord {
  public ExecutedQuery {
    StorableTime.check("executed_at", executedAt);
  }
}
