package io.querytrail.generator.discovery;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs what fails at a datasource at once, and again once a minute at most, with how often it
 * failed in between: a database that is away or slow fails every question, and would fill the log.
 * Safe for use by several threads.
 */
final class FailureLog {
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

  private final Logger log;
  private final LongSupplier nanos;
  private final Map<Kind, Repeats> kinds = new ConcurrentHashMap<>();

  /** Failures that one line stands for. */
  private record Kind(String datasource, String message) {}

  private static final class Repeats {
    private long loggedAt;
    private long unlogged = -1;

    /** How many are to be told besides this one; empty where this one is not told either. */
    synchronized OptionalLong next(long now) {
      if (unlogged >= 0 && now - loggedAt < QUIET_NANOS) {
        unlogged++;
        return OptionalLong.empty();
      }
      long repeats = Math.max(0, unlogged);
      loggedAt = now;
      unlogged = 0;
      return OptionalLong.of(repeats);
    }
  }

  /**
   * @param nanos as {@link System#nanoTime()} gives them
   */
  FailureLog(Logger log, LongSupplier nanos) {
    this.log = log;
    this.nanos = nanos;
  }

  /**
   * Tells of a failure as a warning.
   *
   * @param message a constant
   */
  void warn(String datasource, String message, @Nullable String error) {
    kinds
        .computeIfAbsent(new Kind(datasource, message), kind -> new Repeats())
        .next(nanos.getAsLong())
        .ifPresent(repeats ->
            log.atWarn()
                .addKeyValue("datasource", datasource)
                .addKeyValue("error", error)
                .addKeyValue("repeats", repeats)
                .log(message));
  }
}
