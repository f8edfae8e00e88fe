package io.querytrail.sink.log;

import java.math.BigDecimal;

/** What is added up for one line. An unknown token count adds nothing. */
public record CostSums(
    long requests, long approved, long rejected, Tokens tokens, BigDecimal cost) {
  CostSums plus(CostSums other) {
    return new CostSums(
        requests + other.requests,
        approved + other.approved,
        rejected + other.rejected,
        tokens.plus(other.tokens),
        cost.add(other.cost));
  }
}
