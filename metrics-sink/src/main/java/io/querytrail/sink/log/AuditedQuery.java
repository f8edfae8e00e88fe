package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a request: its log row and its model calls.
 *
 * @param requestPartition where the request stands in the requests topic
 * @param tags JSON object of labels; null for none
 */
public record AuditedQuery(
    Source source,
    RequestKey key,
    Requester requester,
    Statement statement,
    Decision decision,
    Generation generation,
    Attempts attempts,
    BigDecimal cost,
    @Nullable String currency,
    @Nullable String priceVersion,
    Latencies latencies,
    int requestPartition,
    long requestOffset,
    @Nullable String traceId,
    @Nullable String tags,
    ChainLink chain)
    implements SinkRecord {
  /** Its calls, adding up to its cost. */
  public List<AttemptRow> attemptRows() {
    return attempts.rows(key, chain.sequence(), false, currency, priceVersion, cost, decision.at());
  }
}
