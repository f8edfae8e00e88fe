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
 * cost is always that of the calls, which is that of the log.
 */
public final class CostRollup {
  private static final CostSums NOTHING = new CostSums(0, 0, 0, Tokens.ZERO, BigDecimal.ZERO);

  private final Map<CostLine, CostSums> lines = new HashMap<>();

  private CostRollup() {}

  /** The sums of these records, in one order for all writers, so that they cannot deadlock. */
  public static SortedMap<CostLine, CostSums> of(List<? extends SinkRecord> records) {
    CostRollup rollup = new CostRollup();
    for (SinkRecord record : records) {
      switch (record) {
        case AuditedQuery audited -> rollup.add(audited);
        case CorrectedQuery corrected ->
            corrected.attemptRows().forEach(row -> rollup.add(row, corrected.requester()));
        case ExecutedQuery executed -> {
          // Costs nothing.
        }
        case BudgetPosting posting -> {
          // No request cost it.
        }
        case RaisedAlert alert -> {
          // Costs nothing.
        }
      }
    }
    return new TreeMap<>(rollup.lines);
  }

  private void add(AuditedQuery audited) {
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
    audited.attemptRows().forEach(row -> add(row, audited.requester()));
  }

  private void add(AttemptRow row, Requester requester) {
    Attempt attempt = row.attempt();
    add(
        line(row.key(), requester, attempt.provider(), attempt.model(), row.currency()),
        new CostSums(0, 0, 0, attempt.tokens(), attempt.cost()));
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
