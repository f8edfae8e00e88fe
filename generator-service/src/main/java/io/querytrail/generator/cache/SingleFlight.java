package io.querytrail.generator.cache;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has one of those who ask the same at the same time get the answer for all. Safe for use by
 * several threads.
 */
final class SingleFlight {
  private final Map<AnswerKey, Flight> flights = new ConcurrentHashMap<>();

  /**
   * An answer on its way.
   *
   * @param leads whether it is up to this caller to get it, and then to {@link Flight#end} it
   */
  record Seat(Flight flight, boolean leads) {}

  final class Flight {
    private final AnswerKey key;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable StoredAnswer landed;

    private Flight(AnswerKey key) {
      this.key = key;
    }

    /** For the leader: everyone who waits, now or until the end, gets this. */
    void land(StoredAnswer answer) {
      landed = answer;
    }

    /** For the leader, whatever happened: without a landing the next one may try. */
    void end() {
      flights.remove(key, this);
      ended.countDown();
    }

    /** For everyone else: what the leader got; empty if it got nothing, or not in time. */
    Optional<StoredAnswer> await(Duration longest) throws InterruptedException {
      boolean inTime = ended.await(Math.max(0, longest.toNanos()), TimeUnit.NANOSECONDS);
      return inTime ? Optional.ofNullable(landed) : Optional.empty();
    }
  }

  /** Joins the flight for this key, or starts one. */
  Seat join(AnswerKey key) {
    Flight mine = new Flight(key);
    Flight there = flights.putIfAbsent(key, mine);
    return there == null ? new Seat(mine, true) : new Seat(there, false);
  }

  /** Those who come from now on do not join what began before. */
  void clear(CacheScope scope) {
    flights.keySet().removeIf(scope::covers);
  }
}
