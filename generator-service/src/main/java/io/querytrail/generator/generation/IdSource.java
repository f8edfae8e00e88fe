package io.querytrail.generator.generation;

/** Gives ids that nobody has given before. Safe for use by several threads. */
@FunctionalInterface
public interface IdSource {
  String next();
}
