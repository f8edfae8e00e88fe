package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * An amount that a person posted to a budget.
 *
 * @param reset true where the budget was set back to nothing
 * @param settled in the period, after it
 */
public record BudgetPosting(
    Source source,
    String account,
    String commandId,
    String scope,
    String scopeKey,
    String period,
    String periodName,
    boolean reset,
    BigDecimal amount,
    BigDecimal settled,
    String currency,
    String reason,
    String requestedBy,
    Instant adjustedAt,
    ChainLink chain)
    implements SinkRecord {
  public BudgetPosting {
    StorableTime.check("adjusted_at", adjustedAt);
  }

  @Override
  public RequestKey key() {
    return new RequestKey(adjustedAt, commandId, account);
  }
}
