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
    CostLine own =
        line(
            audited.key(),
            audited.requester(),
            audited.answeredByProvider(),
            audited.answeredByModel(),
            audited.settings().currency());
    CostSums sums =
        new CostSums(
            1,
            verdict.equals(Decision.APPROVED) ? 1 : 0,
            verdict.equals(Decision.REJECTED) ? 1 : 0,
            Tokens.ZERO,
            BigDecimal.ZERO);
    for (AttemptRow row : calls) {
      // Nearly every call is at the model that the request is counted at: one line for both.
      if (own.provider().equals(row.attempt().provider())
          && own.model().equals(row.attempt().model())) {
        sums = sums.plus(sums(row));
      } else {
        add(row, audited.requester());
      }
    }
    add(own, sums);
  }

  /** Adds the calls of a correction. */
  void add(CorrectedQuery corrected, List<AttemptRow> calls) {
    for (AttemptRow row : calls) {
      add(row, corrected.requester());
    }
  }

  /** The sums so far, in one order for all writers, so that they cannot deadlock. */
  SortedMap<CostLine, CostSums> lines() {
    return new TreeMap<>(lines);
  }

  private void add(AttemptRow row, Requester requester) {
    Attempt attempt = row.attempt();
    add(line(row.key(), requester, attempt.provider(), attempt.model(), row.currency()), sums(row));
  }

  private static CostSums sums(AttemptRow row) {
    return new CostSums(0, 0, 0, row.attempt().tokens(), row.attempt().cost());
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
