package io.querytrail.generator.generation;

/** Carries out admissions. Implementations are safe for use by several threads. */
@FunctionalInterface
public interface Generator {
  /** Takes as long as it takes, but models are called only until the admission's deadline. */
  Generation generate(Admission admission);
}
