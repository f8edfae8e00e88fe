package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A threshold that a budget passed. */
public record RaisedAlert(
    Source source,
    String alertId,
    String account,
    String scope,
    String scopeKey,
    String period,
    String periodName,
    String kind,
    int thresholdPercent,
    String currency,
    BigDecimal limit,
    BigDecimal settled,
    BigDecimal held,
    @Nullable String requestId,
    long policyVersion,
    Instant raisedAt)
    implements SinkRecord {
  public RaisedAlert {
    StorableTime.check("raised_at", raisedAt);
  }

  @Override
  public RequestKey key() {
    return new RequestKey(raisedAt, alertId, account);
  }
}
