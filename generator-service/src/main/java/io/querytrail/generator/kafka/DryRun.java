package io.querytrail.generator.kafka;

import io.querytrail.events.QueryAdmitted;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Parts;
import io.querytrail.generator.generation.SqlGenerator;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.InputCeiling;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.routing.TierRouter;
import io.querytrail.generator.schema.SchemaSource;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What an admission would have which model asked: the generator itself, with nobody to ask. */
public final class DryRun {
  private DryRun() {}

  /**
   * What would be asked.
   *
   * @param models in the order in which they would be asked
   * @param routingReason why the first is the first; null where there was no choice
   * @param messages empty where no model would be asked
   * @param failure why no model would be asked; null where one would
   */
  public record Asked(
      List<ModelName> models,
      @Nullable String routingReason,
      List<Message> messages,
      @Nullable String failure) {}

  /**
   * Reads the schema and writes the prompt.
   *
   * @param ceilings how much of an admission's input ceiling our own count of tokens may take
   */
  public static Asked of(
      QueryAdmitted event,
      SchemaSource schemas,
      PromptWriter prompts,
      InputCeiling ceilings,
      Clock clock) {
    Instant now = clock.instant();
    Admission admission = EventMapper.admission(event, now);
    AtomicReference<@Nullable ModelCall> call = new AtomicReference<>();
    ModelClient nobody =
        asked -> {
          call.set(asked);
          return new ModelAnswer.Failure(ErrorType.DEADLINE, "nobody is asked", List.of());
        };
    Generation end =
        new SqlGenerator(
                new Parts(
                    schemas,
                    prompts,
                    AnswerCache.none(clock),
                    new FallbackChain(nobody, clock),
                    ceilings,
                    (sql, rules, shown) -> new GuardVerdict.Rejected("NOBODY_ASKED", null),
                    (datasource, statement, timeout) -> new Planning.Unavailable("nobody asks"),
                    () -> "dry-run",
                    clock,
                    bug -> {
                      throw bug;
                    }))
            .generate(admission);
    TierRouter.Route route =
        TierRouter.route(
            admission.question().text(),
            admission.preferredTier(),
            admission.candidates(),
            admission.routing());
    ModelCall made = call.get();
    if (made == null) {
      Generation.Failed failed = (Generation.Failed) end;
      return new Asked(
          route.models(),
          route.reason(),
          List.of(),
          failed.error().code().toUpperCase(Locale.ROOT) + ": " + failed.message());
    }
    return new Asked(route.models(), route.reason(), made.messages(), null);
  }
}
