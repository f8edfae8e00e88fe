package io.querytrail.audit.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long the ledger remembers what is over. All of it depends on times of the log alone, so the
 * same history is forgotten in the same way.
 *
 * @param ids how long the id of a request that has its verdict, or of a command, stays taken, and a
 *     period stays after its end
 */
public record Retention(Duration ids) {
  /** Longer than requests stand on their topic, so that none can come again unnoticed. */
  public static final Duration LEAST = Duration.ofDays(31);

  public static final Duration USUAL = Duration.ofDays(35);

  private static final Duration LONGEST_MONTH = Duration.ofDays(31);

  /**
   * @throws IllegalArgumentException when it is too short
   */
  public Retention {
    if (ids.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "a retention of %d days is too short; use %d or more"
              .formatted(ids.toDays(), LEAST.toDays()));
    }
  }

  /** Whether that id is free again. A request that still holds money is never forgotten. */
  public boolean isOver(RequestState request, Instant now) {
    return request instanceof RequestState.Closed closed
        && closed.allowances().stream().noneMatch(Allowance::isHeld)
        && isOver(closed.requestedAt(), now);
  }

  /** Whether what was done then may be forgotten. */
  public boolean isOver(Instant done, Instant now) {
    return done.isBefore(oldest(now));
  }

  /** What was done from then on is remembered. */
  public Instant oldest(Instant now) {
    return now.minus(ids);
  }

  /**
   * Whether a period may be forgotten. One in which money is held stays, and one whose rest may
   * still be carried into a later period stays as long as that can be.
   */
  public boolean isOver(Balance balance, Optional<Policy> policy, Instant now) {
    if (balance.end().isEmpty() || balance.openHolds() > 0) {
      return false;
    }
    Instant end = balance.end().get();
    return isOver(end, now)
        && (!carries(balance.key(), policy) || end.plus(carriedFor(balance)).isBefore(now));
  }

  private static boolean carries(BudgetKey key, Optional<Policy> policy) {
    return policy.flatMap(rules -> rules.budget(key)).flatMap(BudgetRule::rollover).isPresent();
  }

  private static Duration carriedFor(Balance balance) {
    Duration longest =
        balance.key().periodKind() == Period.Kind.MONTH ? LONGEST_MONTH : Duration.ofHours(26);
    return longest.multipliedBy(Rollover.MAX_IDLE_PERIODS + 1L);
  }
}
