package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Duration;
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
    RequestSettings settings,
    Latencies latencies,
    int requestPartition,
    long requestOffset,
    @Nullable String traceId,
    @Nullable String tags,
    ChainLink chain)
    implements SinkRecord {
  /** Provider that the request is counted at: the one that answered, else the last one asked. */
  @Nullable String answeredByProvider() {
    Attempt last = attempts.last();
    return generation.provider() == null && last != null ? last.provider() : generation.provider();
  }

  /** Model that the request is counted at: the one that answered, else the last one asked. */
  @Nullable String answeredByModel() {
    Attempt last = attempts.last();
    return generation.provider() == null && last != null ? last.model() : generation.model();
  }

  /** From the request's append to what led to the verdict. Unit: milliseconds. */
  long latencyMillis() {
    return Math.max(0, Duration.between(key.createdAt(), decision.at()).toMillis());
  }

  /** Its calls, adding up to its cost. */
  public List<AttemptRow> attemptRows() {
    return attempts.rows(
        key,
        chain.sequence(),
        false,
        settings.currency(),
        settings.priceVersion(),
        cost,
        decision.at());
  }
}
