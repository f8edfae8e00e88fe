package io.querytrail.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults that wait to strike, in the order in which they were asked for. */
final class Faults {
  private static final int LIMIT = 1000;

  private static final class Armed {
    private final Fault fault;
    private final String words;
    private int left;

    Armed(Fault fault) {
      this.fault = fault;
      this.words = QuestionFinder.words(fault.match());
      this.left = fault.times();
    }
  }

  private final List<Armed> armed = new ArrayList<>();

  synchronized void add(Fault fault) {
    if (armed.size() == LIMIT) {
      throw new IllegalArgumentException("No more than " + LIMIT + " faults at a time");
    }
    armed.add(new Armed(fault));
  }

  synchronized void clear() {
    armed.clear();
  }

  /** The first fault for this question, which has struck once more with this. */
  synchronized Optional<Fault> strike(String question) {
    String asked = QuestionFinder.words(question);
    for (int i = 0; i < armed.size(); i++) {
      Armed candidate = armed.get(i);
      if (asked.contains(candidate.words)) {
        if (candidate.left != Fault.ALWAYS && --candidate.left == 0) {
          armed.remove(i);
        }
        return Optional.of(candidate.fault);
      }
    }
    return Optional.empty();
  }
}
