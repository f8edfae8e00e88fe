package io.querytrail.sink.log;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch adds to the counts of minutes: each call at its own model, each request once, all in
 * the minute of the request.
 */
public final class MinuteRollup {
  private static final long MINUTE_SECONDS = 60;

  private final Map<MinuteLine, MinuteCounts> lines = new HashMap<>();

  private MinuteRollup() {}

  /** The counts of these records, in one order for all writers, so that they cannot deadlock. */
  public static SortedMap<MinuteLine, MinuteCounts> of(List<? extends SinkRecord> records) {
    MinuteRollup rollup = new MinuteRollup();
    for (SinkRecord record : records) {
      switch (record) {
        case AuditedQuery audited -> {
          rollup
              .line(
                  audited.key(),
                  audited.answeredByProvider(),
                  audited.answeredByModel(),
                  audited.settings().currency())
              .add(audited);
          rollup.add(audited.attemptRows());
        }
        case CorrectedQuery corrected -> rollup.add(corrected.attemptRows());
        case ExecutedQuery executed -> {
          // Not a request.
        }
        case RaisedAlert alert -> {
          // Not a request.
        }
        case BudgetPosting posting -> {
          // No request cost it.
        }
      }
    }
    return new TreeMap<>(rollup.lines);
  }

  private void add(List<AttemptRow> rows) {
    for (AttemptRow row : rows) {
      line(row.key(), row.attempt().provider(), row.attempt().model(), row.currency()).add(row);
    }
  }

  private MinuteCounts line(
      RequestKey key,
      @Nullable String provider,
      @Nullable String model,
      @Nullable String currency) {
    long seconds = key.createdAt().getEpochSecond();
    MinuteLine line =
        new MinuteLine(
            Instant.ofEpochSecond(seconds - Math.floorMod(seconds, MINUTE_SECONDS)),
            key.account(),
            known(provider),
            known(model),
            known(currency));
    return lines.computeIfAbsent(line, ignored -> new MinuteCounts());
  }

  private static String known(@Nullable String value) {
    return value == null ? "" : value;
  }
}
