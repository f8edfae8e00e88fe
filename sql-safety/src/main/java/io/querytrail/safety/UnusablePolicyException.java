package io.querytrail.safety;

import java.util.List;

/** A policy document that cannot be used; says everything that is wrong with it. */
public final class UnusablePolicyException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  UnusablePolicyException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One for each wrong key: its path, a colon, and what is wrong. */
  public List<String> problems() {
    return problems;
  }
}
