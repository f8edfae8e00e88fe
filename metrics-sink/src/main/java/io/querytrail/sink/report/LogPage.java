package io.querytrail.sink.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some requests of the log, the newest first.
 *
 * @param next where the next page begins; null after the last one. A page may have few rows, or
 *     none, and a next one all the same: so far was looked for what is rare
 */
public record LogPage(List<Row> rows, @Nullable LogCursor next) {
  public LogPage {
    rows = List.copyOf(rows);
  }

  /**
   * One request.
   *
   * @param rules safety rules that were broken, as a JSON array with messages; null for none
   * @param executionTimeMillis null before any run was reported
   */
  public record Row(
      Instant createdAt,
      String requestId,
      String account,
      String user,
      @Nullable String team,
      @Nullable String datasource,
      String verdict,
      @Nullable String stage,
      @Nullable String reason,
      @Nullable String rules,
      @Nullable String provider,
      @Nullable String model,
      boolean cacheHit,
      int attempts,
      @Nullable Long inputTokens,
      @Nullable Long outputTokens,
      BigDecimal cost,
      @Nullable String currency,
      @Nullable Long executionTimeMillis,
      String question,
      @Nullable String generatedSql) {
    LogCursor cursor() {
      return new LogCursor(createdAt, requestId, account);
    }
  }
}
