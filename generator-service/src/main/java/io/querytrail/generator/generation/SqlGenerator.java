package io.querytrail.generator.generation;

import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.schema.SchemaSource;
import java.time.Clock;
import java.util.function.Consumer;

/** Carries out each admission as a {@link Dispatch} of its own. Safe for use by several threads. */
public final class SqlGenerator implements Generator {
  private final SchemaSource schemas;
  private final PromptWriter prompts;
  private final ModelClient models;
  private final IdSource nonces;
  private final Clock clock;
  private final Consumer<RuntimeException> bugs;

  /**
   * Puts the parts together.
   *
   * @param bugs is told what went wrong in this service itself
   */
  public SqlGenerator(
      SchemaSource schemas,
      PromptWriter prompts,
      ModelClient models,
      IdSource nonces,
      Clock clock,
      Consumer<RuntimeException> bugs) {
    this.schemas = schemas;
    this.prompts = prompts;
    this.models = models;
    this.nonces = nonces;
    this.clock = clock;
    this.bugs = bugs;
  }

  @Override
  public Generation generate(Admission admission) {
    return new Dispatch(admission, nonces.next(), schemas, prompts, models, clock, bugs).run();
  }
}
