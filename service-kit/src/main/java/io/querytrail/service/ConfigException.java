package io.querytrail.service;

import java.util.List;

/** A configuration that cannot be used; the message lists everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public ConfigException(String source, List<String> problems) {
    super(source + ":\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line for each problem: key path, then what is wrong. */
  public List<String> problems() {
    return problems;
  }
}
