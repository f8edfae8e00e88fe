package io.querytrail.audit.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing list short: leaves out ever smaller pieces of it for as long as what remains
 * still fails.
 */
final class Shrinker {
  private static final int MAX_TRIES = 3_000;

  private Shrinker() {}

  /**
   * @param fails must be true for {@code items}
   */
  static <T> List<T> shrink(List<T> items, Predicate<List<T>> fails) {
    List<T> smallest = List.copyOf(items);
    int piece = Math.max(1, smallest.size() / 2);
    int tries = 0;
    while (tries < MAX_TRIES) {
      boolean shrunk = false;
      for (int from = 0; from < smallest.size() && tries < MAX_TRIES; ) {
        List<T> rest = without(smallest, from, from + piece);
        tries++;
        if (fails.test(rest)) {
          smallest = rest;
          shrunk = true;
        } else {
          from += piece;
        }
      }
      if (piece == 1 && !shrunk) {
        return smallest;
      }
      piece = shrunk && piece == 1 ? 1 : Math.max(1, piece / 2);
    }
    return smallest;
  }

  private static <T> List<T> without(List<T> items, int from, int to) {
    List<T> rest = new ArrayList<>(items.subList(0, from));
    rest.addAll(items.subList(Math.min(to, items.size()), items.size()));
    return rest;
  }
}
