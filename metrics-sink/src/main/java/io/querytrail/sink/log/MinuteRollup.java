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
 * the minute of the request. For use by one thread at a time.
 */
final class MinuteRollup {
  private static final long MINUTE_SECONDS = 60;

  private final Map<MinuteLine, MinuteCounts> lines = new HashMap<>();

  /** Adds a request and its calls. */
  void add(AuditedQuery audited, List<AttemptRow> calls) {
    line(
            audited.key(),
            audited.answeredByProvider(),
            audited.answeredByModel(),
            audited.settings().currency())
        .add(audited);
    add(calls);
  }

  /** Adds calls. */
  void add(List<AttemptRow> calls) {
    for (AttemptRow row : calls) {
      line(row.key(), row.attempt().provider(), row.attempt().model(), row.currency()).add(row);
    }
  }

  /** The counts so far, in one order for all writers, so that they cannot deadlock. */
  SortedMap<MinuteLine, MinuteCounts> lines() {
    return new TreeMap<>(lines);
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
