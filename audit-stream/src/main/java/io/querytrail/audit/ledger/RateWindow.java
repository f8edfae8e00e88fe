package io.querytrail.audit.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one party asked in the last 60 seconds, by the second: never more than so many entries.
 *
 * @param seconds in ascending order
 * @param inFlight admissions that hold money now
 */
public record RateWindow(RateKey key, List<Second> seconds, int inFlight) {
  static final int SECONDS = 60;

  /**
   * What was admitted in one second.
   *
   * @param second since the epoch
   */
  public record Second(long second, int requests, long tokens) {}

  /**
   * @throws IllegalStateException when more ended than began: the ledger itself is wrong
   */
  public RateWindow {
    if (inFlight < 0) {
      throw new IllegalStateException("fewer than none in flight for " + key);
    }
    seconds = List.copyOf(seconds);
  }

  static RateWindow empty(RateKey key) {
    return new RateWindow(key, List.of(), 0);
  }

  /** Admissions within the 60 seconds up to that moment. */
  int requests(Instant at) {
    int requests = 0;
    for (Second second : seconds) {
      requests += counts(second, at) ? second.requests() : 0;
    }
    return requests;
  }

  /** Tokens of these admissions. */
  long tokens(Instant at) {
    long tokens = 0;
    for (Second second : seconds) {
      tokens += counts(second, at) ? second.tokens() : 0;
    }
    return tokens;
  }

  /** When enough of them are over for so many more requests and tokens to be within the bounds. */
  Instant room(Instant at, long requestsAtMost, long tokensAtMost) {
    long requests = requests(at);
    long tokens = tokens(at);
    for (Second second : seconds) {
      if (requests <= requestsAtMost && tokens <= tokensAtMost) {
        break;
      }
      if (counts(second, at)) {
        requests -= second.requests();
        tokens -= second.tokens();
        at = Instant.ofEpochSecond(second.second() + SECONDS);
      }
    }
    return at;
  }

  private static boolean counts(Second second, Instant at) {
    return second.second() > at.getEpochSecond() - SECONDS;
  }

  /** Whether nothing in it can matter from that moment on. */
  public boolean isIdle(Instant at) {
    return inFlight == 0 && (seconds.isEmpty() || !counts(seconds.getLast(), at));
  }

  RateWindow admitted(Instant at, long tokens) {
    long now = at.getEpochSecond();
    long newest = seconds.isEmpty() ? now : Math.max(now, seconds.getLast().second());
    List<Second> kept = new ArrayList<>(seconds.size() + 1);
    Optional<Second> present = Optional.empty();
    for (Second second : seconds) {
      if (second.second() == now) {
        present = Optional.of(second);
      } else if (second.second() > newest - SECONDS) {
        kept.add(second);
      }
    }
    Second added =
        present
            .map(known -> new Second(now, known.requests() + 1, known.tokens() + tokens))
            .orElseGet(() -> new Second(now, 1, tokens));
    // Append times of several partitions' records may step back by a little.
    int place = kept.size();
    while (place > 0 && kept.get(place - 1).second() > now) {
      place--;
    }
    kept.add(place, added);
    return new RateWindow(key, kept, inFlight + 1);
  }

  /** What was counted for an admission of that moment turns out to be more or less. */
  RateWindow corrected(Instant admittedAt, long tokens, boolean ended) {
    List<Second> changed = new ArrayList<>(seconds);
    changed.replaceAll(second ->
        second.second() == admittedAt.getEpochSecond()
            ? new Second(second.second(), second.requests(), Math.max(0, second.tokens() + tokens))
            : second);
    return new RateWindow(key, changed, inFlight - (ended ? 1 : 0));
  }
}
