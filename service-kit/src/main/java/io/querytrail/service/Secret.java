package io.querytrail.service;

import com.fasterxml.jackson.annotation.JsonCreator;

/** A value that must not be seen: its text shows in nothing that prints the object. */
public final class Secret {
  private final String value;

  @JsonCreator
  public Secret(String value) {
    this.value = value;
  }

  /** The value itself, for the one place that needs it. */
  public String reveal() {
    return value;
  }

  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
