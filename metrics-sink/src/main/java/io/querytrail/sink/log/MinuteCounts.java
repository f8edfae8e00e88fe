package io.querytrail.sink.log;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What is counted of one minute. An unknown token count adds nothing. For use by one thread. */
public final class MinuteCounts {
  private final LatencyCounts latencies = new LatencyCounts();
  private long requests;
  private long approved;
  private long rejected;
  private long cacheHits;
  private long calls;
  private long errors;
  private long inputTokens;
  private long outputTokens;
  private BigDecimal cost = BigDecimal.ZERO;

  void add(AuditedQuery audited) {
    requests++;
    approved += audited.decision().verdict().equals(Decision.APPROVED) ? 1 : 0;
    rejected += audited.decision().verdict().equals(Decision.REJECTED) ? 1 : 0;
    cacheHits += audited.generation().cacheHit() ? 1 : 0;
    latencies.add(audited.latencyMillis());
  }

  void add(AttemptRow row) {
    Attempt attempt = row.attempt();
    calls += row.ordinal() > 0 ? 1 : 0;
    errors += attempt.errorType() == null ? 0 : 1;
    inputTokens += known(attempt.tokens().input());
    outputTokens += known(attempt.tokens().output());
    cost = cost.add(attempt.cost());
  }

  private static long known(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }

  public long requests() {
    return requests;
  }

  public long approved() {
    return approved;
  }

  public long rejected() {
    return rejected;
  }

  public long cacheHits() {
    return cacheHits;
  }

  /** Model calls. */
  public long calls() {
    return calls;
  }

  /** Model calls that gave no answer. */
  public long errors() {
    return errors;
  }

  public long inputTokens() {
    return inputTokens;
  }

  public long outputTokens() {
    return outputTokens;
  }

  public BigDecimal cost() {
    return cost;
  }

  /** Of the requests, from request to verdict. */
  public LatencyCounts latencies() {
    return latencies;
  }
}
