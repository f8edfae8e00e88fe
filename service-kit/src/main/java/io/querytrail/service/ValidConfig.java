package io.querytrail.service;

/** A configuration record that can say what is wrong with it. */
public interface ValidConfig {
  /** Adds a problem for each key that is missing or has a value that cannot work. */
  void check(Problems problems);
}
