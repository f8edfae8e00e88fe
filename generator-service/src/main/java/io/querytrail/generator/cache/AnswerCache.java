package io.querytrail.generator.cache;

import io.querytrail.generator.cache.AnswerStore.Slot;
import io.querytrail.generator.cache.SingleFlight.Flight;
import io.querytrail.generator.cache.SingleFlight.Seat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Has the same question paid once: by answers that are kept, and by one call for all who ask at the
 * same time. An account's admissions stand in one partition, so that one instance of the service
 * sees all that could share an answer. Safe for use by several threads.
 */
public final class AnswerCache implements AutoCloseable {
  /** Tier of an answer that another one's call brought. */
  public static final String IN_FLIGHT = "in-flight";

  /** Whoever saw so many others fail asks by itself: a queue of failures helps nobody. */
  private static final int MAX_FAILED_LEADERS = 2;

  private final AnswerStore store;
  private final Duration ttl;
  private final Map<String, Duration> ttls;
  private final Clock clock;
  private final CacheEvents events;
  private final SingleFlight flights = new SingleFlight();

  /**
   * @param ttl how long an answer is kept
   * @param ttls the same for single datasources; zero keeps none, and has none shared in flight
   */
  public AnswerCache(
      AnswerStore store,
      Duration ttl,
      Map<String, Duration> ttls,
      Clock clock,
      CacheEvents events) {
    this.store = store;
    this.ttl = ttl;
    this.ttls = Map.copyOf(ttls);
    this.clock = clock;
    this.events = events;
  }

  /** One that keeps nothing and has nobody wait for anybody. */
  public static AnswerCache none(Clock clock) {
    return new AnswerCache(
        new NoAnswerStore(),
        Duration.ZERO,
        Map.of(),
        clock,
        new CacheEvents() {
          @Override
          public void hit(String tier) {}

          @Override
          public void miss() {}

          @Override
          public void stale(String tier) {}

          @Override
          public void error(String tier) {}
        });
  }

  /**
   * An answer that is used again.
   *
   * @param tier where it came from
   * @param age since it was written
   */
  public record Reuse(String tier, Duration age) {}

  /** Whoever asks. */
  public interface Asker<T> {
    /** The same answer for this asker; empty where it does not stand any more. */
    Optional<T> reuse(StoredAnswer answer, Reuse reuse);

    /** Has a model asked. */
    T ask();

    /** What of it others may have; empty where it is a failure. */
    Optional<StoredAnswer> shared(T asked);

    /** The end of one who waited until the deadline. */
    T late();
  }

  /** What the store is called; "none" where nothing is kept. */
  public String tier() {
    return store.tier();
  }

  /** Whether answers about this datasource are kept at all. */
  public boolean covers(String datasource) {
    return ttl(datasource).isPositive();
  }

  /**
   * An answer for this asker, at the latest shortly after the deadline.
   *
   * @throws InterruptedException while another one's call was waited for
   */
  public <T> T get(AnswerKey key, Instant deadline, Asker<T> asker) throws InterruptedException {
    Optional<StoredAnswer> first = store.open(key).answer();
    Optional<T> kept = first.flatMap(answer -> reuse(answer, store.tier(), asker));
    if (kept.isPresent()) {
      return kept.get();
    }
    for (int failed = 0; failed < MAX_FAILED_LEADERS; failed++) {
      Seat seat = flights.join(key);
      if (seat.leads()) {
        return lead(key, seat.flight(), first, asker);
      }
      Optional<T> shared = follow(seat.flight(), deadline, asker);
      if (shared.isPresent()) {
        return shared.get();
      }
      if (!clock.instant().isBefore(deadline)) {
        return asker.late();
      }
    }
    return ask(store.open(key), asker).result();
  }

  /**
   * Looks once more: another flight may have landed between the first look and this one's start.
   */
  private <T> T lead(AnswerKey key, Flight flight, Optional<StoredAnswer> stale, Asker<T> asker) {
    try {
      Slot slot = store.open(key);
      Optional<StoredAnswer> second = slot.answer();
      if (!second.equals(stale)) {
        Optional<T> kept = second.flatMap(answer -> reuse(answer, store.tier(), asker));
        if (kept.isPresent()) {
          second.ifPresent(flight::land);
          return kept.get();
        }
      }
      Asked<T> asked = ask(slot, asker);
      asked.shared().ifPresent(flight::land);
      return asked.result();
    } finally {
      flight.end();
    }
  }

  private <T> Optional<T> follow(Flight flight, Instant deadline, Asker<T> asker)
      throws InterruptedException {
    return flight
        .await(Duration.between(clock.instant(), deadline))
        .flatMap(answer -> reuse(answer, IN_FLIGHT, asker));
  }

  private <T> Optional<T> reuse(StoredAnswer answer, String tier, Asker<T> asker) {
    Duration age = Duration.between(answer.since(), clock.instant());
    // Another instance's clock may have stamped it, and be ahead of ours.
    Optional<T> reused =
        asker.reuse(answer, new Reuse(tier, age.isNegative() ? Duration.ZERO : age));
    if (reused.isPresent()) {
      events.hit(tier);
    } else {
      events.stale(tier);
    }
    return reused;
  }

  private record Asked<T>(T result, Optional<StoredAnswer> shared) {}

  private <T> Asked<T> ask(Slot slot, Asker<T> asker) {
    events.miss();
    T result = asker.ask();
    Optional<StoredAnswer> shared = asker.shared(result);
    shared
        .filter(StoredAnswer::isWorthKeeping)
        .ifPresent(answer -> slot.keep(answer, ttl(slot.key().datasource())));
    return new Asked<>(result, shared);
  }

  /** Forgets what the scope covers; a call that is under way answers only those who wait for it. */
  public void clear(CacheScope scope) {
    flights.clear(scope);
    store.clear(scope);
  }

  private Duration ttl(String datasource) {
    return ttls.getOrDefault(datasource, ttl);
  }

  @Override
  public void close() {
    store.close();
  }
}
