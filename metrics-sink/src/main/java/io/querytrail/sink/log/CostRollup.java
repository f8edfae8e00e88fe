package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch adds to the daily sums: each call at its own model, each request once. So the sums'
 * cost is always that of the calls, which is that of the log. For use by one thread at a time.
 */
final class CostRollup {
  private static final CostSums NOTHING = new CostSums(0, 0, 0, Tokens.ZERO, BigDecimal.ZERO);

  private final Map<CostLine, CostSums> lines = new HashMap<>();

  /** Adds a request and its calls. */
  void add(AuditedQuery audited, List<AttemptRow> calls) {
    String verdict = audited.decision().verdict();
    add(
        line(
            audited.key(),
            audited.requester(),
            audited.answeredByProvider(),
            audited.answeredByModel(),
            audited.settings().currency()),
        new CostSums(
            1,
            verdict.equals(Decision.APPROVED) ? 1 : 0,
            verdict.equals(Decision.REJECTED) ? 1 : 0,
            Tokens.ZERO,
            BigDecimal.ZERO));
    add(calls, audited.requester());
  }

  /** Adds the calls of a correction. */
  void add(CorrectedQuery corrected, List<AttemptRow> calls) {
    add(calls, corrected.requester());
  }

  /** The sums so far, in one order for all writers, so that they cannot deadlock. */
  SortedMap<CostLine, CostSums> lines() {
    return new TreeMap<>(lines);
  }

  private void add(List<AttemptRow> calls, Requester requester) {
    for (AttemptRow row : calls) {
      Attempt attempt = row.attempt();
      add(
          line(row.key(), requester, attempt.provider(), attempt.model(), row.currency()),
          new CostSums(0, 0, 0, attempt.tokens(), attempt.cost()));
    }
  }

  private void add(CostLine line, CostSums sums) {
    lines.merge(line, NOTHING.plus(sums), CostSums::plus);
  }

  private static CostLine line(
      RequestKey key,
      Requester requester,
      @Nullable String provider,
      @Nullable String model,
      @Nullable String currency) {
    return new CostLine(
        key.utcDay(),
        key.account(),
        known(requester.team()),
        requester.user(),
        known(requester.datasource()),
        known(provider),
        known(model),
        known(currency));
  }

  private static String known(@Nullable String value) {
    return value == null ? "" : value;
  }
}
