package io.querytrail.generator.generation;

/** Carries out each admission as a {@link Dispatch} of its own. Safe for use by several threads. */
public final class SqlGenerator implements Generator {
  private final Parts parts;

  public SqlGenerator(Parts parts) {
    this.parts = parts;
  }

  @Override
  public Generation generate(Admission admission) {
    return new Dispatch(admission, parts).run();
  }
}
