package io.querytrail.audit.money;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A model's price within one table: mostly one, sometimes another from a date on or at some hours.
 *
 * @param standing holds where no change does
 * @param changes of several that hold, the last one counts
 */
public record PriceSchedule(ModelPrice standing, List<Change> changes) {
  /** Another price for some of the time. */
  public record Change(When when, ModelPrice price) {}

  /** When a change holds. */
  public sealed interface When {
    /** From that instant on. */
    record From(Instant instant) implements When {}

    /**
     * Every day between these times, in UTC; over midnight where the second is before the first.
     *
     * @param until first moment at which it no longer holds
     */
    record Daily(LocalTime from, LocalTime until) implements When {}
  }

  public PriceSchedule {
    changes = List.copyOf(changes);
  }

  public static PriceSchedule of(ModelPrice price) {
    return new PriceSchedule(price, List.of());
  }

  /** The price at that instant. */
  public ModelPrice at(Instant instant) {
    ModelPrice price = standing;
    for (Change change : changes) {
      if (holds(change.when(), instant)) {
        price = change.price();
      }
    }
    return price;
  }

  private static boolean holds(When when, Instant instant) {
    return switch (when) {
      case When.From(Instant from) -> !instant.isBefore(from);
      case When.Daily(LocalTime from, LocalTime until) -> {
        LocalTime time = LocalTime.ofInstant(instant, ZoneOffset.UTC);
        boolean begun = !time.isBefore(from);
        boolean over = !time.isBefore(until);
        yield until.isBefore(from) ? begun || !over : begun && !over;
      }
    };
  }
}
