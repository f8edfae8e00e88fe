package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A question as the ledger keeps it until the verdict.
 *
 * @param datasource as asked for; empty means the policy's first
 * @param tier wanted tier of model; empty for any
 * @param contentDigest of all that the producer sent: tells a repetition from another question
 *     under the same id
 * @param requestedAt append time
 * @param partition where it stands in the requests topic
 */
public record Request(
    AccountId account,
    RequestId id,
    String user,
    Optional<String> team,
    Optional<String> datasource,
    Optional<String> tier,
    String question,
    Optional<Requester> requester,
    Map<String, String> tags,
    String contentDigest,
    Optional<String> traceId,
    Instant requestedAt,
    int partition,
    long offset) {
  public Request {
    tags = Map.copyOf(tags);
  }
}
