package io.querytrail.sink.report;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of the log are wanted; null stands for any.
 *
 * @param verdict {@code APPROVED} or {@code REJECTED}
 * @param rule safety rule that was broken, such as {@code RELATION_NOT_ALLOWED}
 * @param reason why it was rejected, such as {@code BUDGET_EXCEEDED}
 * @param cacheHit whether a cache gave the answer
 * @param since first instant that counts
 * @param until first instant that no longer counts
 * @param minCost at least this, in whatever currency
 * @param maxCost at most this, in whatever currency
 * @param text stands in the question or the generated SQL, in upper or lower case
 */
public record LogFilter(
    @Nullable String account,
    @Nullable String user,
    @Nullable String datasource,
    @Nullable String verdict,
    @Nullable String rule,
    @Nullable String reason,
    @Nullable String model,
    @Nullable Boolean cacheHit,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable BigDecimal minCost,
    @Nullable BigDecimal maxCost,
    @Nullable String text) {
  /** Everything. */
  public static final LogFilter NONE =
      new LogFilter(null, null, null, null, null, null, null, null, null, null, null, null, null);
}
