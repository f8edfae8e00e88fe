package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The model calls of one audit record, in its order. */
public record Attempts(List<Attempt> calls) {
  /** Purpose of the row that is no call, but makes calls and cost of a record agree. */
  public static final String ADJUSTMENT = "ADJUSTMENT";

  public Attempts {
    calls = List.copyOf(calls);
  }

  public int count() {
    return calls.size();
  }

  /** What is known of the tokens of all calls that were sent. */
  public Tokens tokens() {
    // Asked for several columns of every row: neither stream nor iterator.
    Tokens sum = null;
    for (int i = 0; i < calls.size(); i++) {
      Attempt call = calls.get(i);
      if (call.sent()) {
        sum = sum == null ? call.tokens() : sum.plus(call.tokens());
      }
    }
    return sum == null ? Tokens.ZERO : sum;
  }

  /** Whether the tokens of every call are known. */
  public boolean usageComplete() {
    return calls.stream().allMatch(Attempt::usageKnown);
  }

  /** The last call, or null when there was none. */
  @Nullable Attempt last() {
    return calls.isEmpty() ? null : calls.getLast();
  }

  /**
   * The rows to store so that they add up to {@code cost}. Where the calls alone do not, as when a
   * correction takes back a provisional charge, a row of purpose {@link #ADJUSTMENT} and ordinal 0
   * makes up the difference, at the last call's model.
   */
  List<AttemptRow> rows(
      RequestKey key,
      long chainSequence,
      boolean correction,
      @Nullable String currency,
      @Nullable String priceVersion,
      BigDecimal cost,
      Instant at) {
    BigDecimal difference = cost;
    List<AttemptRow> rows = new ArrayList<>(calls.size() + 1);
    for (int i = 0; i < calls.size(); i++) {
      difference = difference.subtract(calls.get(i).cost());
      rows.add(
          new AttemptRow(
              key, chainSequence, i + 1, correction, currency, priceVersion, calls.get(i)));
    }
    if (difference.signum() != 0) {
      Attempt last = last();
      rows.add(
          new AttemptRow(
              key,
              chainSequence,
              0,
              correction,
              currency,
              priceVersion,
              new Attempt(
                  0,
                  last == null ? "" : last.provider(),
                  last == null ? "" : last.model(),
                  null,
                  ADJUSTMENT,
                  false,
                  at,
                  0,
                  null,
                  null,
                  Tokens.UNKNOWN,
                  difference,
                  false)));
    }
    return rows;
  }
}
