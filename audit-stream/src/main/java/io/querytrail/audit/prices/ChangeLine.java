package io.querytrail.audit.prices;

import io.querytrail.audit.money.PriceSchedule.When;
import java.math.BigDecimal;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another price from a date on, or between two times of every day.
 *
 * @param from first day, in UTC, or instant
 * @param dailyFrom time of day in UTC, such as 16:30
 * @param dailyUntil first time of day at which it no longer holds
 */
public record ChangeLine(
    @Nullable String from,
    @Nullable String dailyFrom,
    @Nullable String dailyUntil,
    @Nullable BigDecimal input,
    @Nullable BigDecimal cachedInput,
    @Nullable BigDecimal cacheWrite,
    @Nullable BigDecimal output,
    @Nullable BigDecimal reasoning,
    @Nullable List<TierLine> tiers) {
  ClassLine classes() {
    return new ClassLine(input, cachedInput, cacheWrite, output, reasoning);
  }

  /**
   * @throws IllegalArgumentException when it is neither, both, or cannot be read
   */
  When when() {
    boolean daily = dailyFrom != null && dailyUntil != null;
    if ((from != null) == daily || (dailyFrom == null) != (dailyUntil == null)) {
      throw new IllegalArgumentException(
          "says not when it holds; use either from, or dailyFrom and dailyUntil");
    }
    return from != null
        ? new When.From(Moments.parse("from", from))
        : new When.Daily(time("dailyFrom", dailyFrom), time("dailyUntil", dailyUntil));
  }

  private static LocalTime time(String key, @Nullable String text) {
    try {
      return LocalTime.parse(String.valueOf(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          key + " is '" + text + "'; use a time of day in UTC, such as \"16:30\"", e);
    }
  }
}
