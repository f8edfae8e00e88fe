package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * Money that became known after the verdict.
 *
 * @param delta what the cost of the request changes by
 */
public record CorrectedQuery(
    Source source,
    RequestKey key,
    Requester requester,
    String reason,
    Attempts attempts,
    BigDecimal delta,
    String currency,
    String priceVersion,
    Instant correctedAt,
    ChainLink chain)
    implements SinkRecord {
  public CorrectedQuery {
    StorableTime.check("corrected_at", correctedAt);
  }

  /** Its calls, adding up to its delta. */
  public List<AttemptRow> attemptRows() {
    return attempts.rows(key, chain.sequence(), true, currency, priceVersion, delta, correctedAt);
  }
}
