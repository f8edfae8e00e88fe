package io.querytrail.demo;

import java.util.ArrayDeque;
import java.util.List;

/** The latest calls, oldest first; forgets the oldest beyond its limit and counts them. */
final class ServedLog {
  private final int limit;
  private final ArrayDeque<Served> calls = new ArrayDeque<>();
  private long forgotten;

  ServedLog(int limit) {
    this.limit = limit;
  }

  synchronized void add(Served call) {
    if (calls.size() == limit) {
      calls.removeFirst();
      forgotten++;
    }
    calls.addLast(call);
  }

  synchronized List<Served> calls() {
    return List.copyOf(calls);
  }

  synchronized long forgotten() {
    return forgotten;
  }
}
