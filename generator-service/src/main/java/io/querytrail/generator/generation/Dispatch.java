package io.querytrail.generator.generation;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.answer.AnswerReader;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.prompt.Prompt;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.PromptWriting;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.generator.schema.VisibleSchemas;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One admission on its way: schema, prompt, model, answer. What was paid for so far is remembered
 * in each step, so that a failure in a later one reports it. Used once, by one thread.
 */
final class Dispatch {
  private final Admission admission;
  private final String nonce;
  private final SchemaSource schemas;
  private final PromptWriter prompts;
  private final ModelClient models;
  private final Clock clock;
  private final Consumer<RuntimeException> bugs;
  private final long started = System.nanoTime();
  private final List<Attempt> attempts = new ArrayList<>();
  private Duration queue = Duration.ZERO;
  private Duration schemaTime = Duration.ZERO;
  private Duration modelTime = Duration.ZERO;
  private @Nullable String fingerprint;
  private @Nullable String promptVersion;

  Dispatch(
      Admission admission,
      String nonce,
      SchemaSource schemas,
      PromptWriter prompts,
      ModelClient models,
      Clock clock,
      Consumer<RuntimeException> bugs) {
    this.admission = admission;
    this.nonce = nonce;
    this.schemas = schemas;
    this.prompts = prompts;
    this.models = models;
    this.clock = clock;
    this.bugs = bugs;
  }

  Generation run() {
    Instant now = clock.instant();
    Duration waited = Duration.between(admission.admittedAt(), now);
    // The broker's clock stamped the admission; it may be ahead of ours.
    queue = waited.isNegative() ? Duration.ZERO : waited;
    if (!now.isBefore(admission.deadline())) {
      return failed(ErrorType.DEADLINE, "the deadline passed before the admission was taken up");
    }
    try {
      return readSchema();
    } catch (RuntimeException e) {
      // What was sent has to be reported, whatever bug came after it.
      bugs.accept(e);
      return failed(ErrorType.INTERNAL, "the generator failed: " + e.getClass().getSimpleName());
    }
  }

  private Generation readSchema() {
    SortedSet<String> visible = VisibleSchemas.of(admission.schemas());
    if (visible.isEmpty()) {
      return failed(ErrorType.NO_SCHEMA, "the admission names no schema that may be shown");
    }
    long start = System.nanoTime();
    SchemaReading reading = schemas.read(admission.datasource(), visible);
    schemaTime = since(start);
    return switch (reading) {
      case SchemaReading.UnknownDatasource unknown ->
          failed(
              ErrorType.UNKNOWN_DATASOURCE, "the generator's configuration has no such datasource");
      case SchemaReading.Unavailable unavailable ->
          failed(ErrorType.NO_SCHEMA, unavailable.reason());
      case SchemaReading.Known known -> writePrompt(known.schema());
    };
  }

  private Generation writePrompt(DatabaseSchema schema) {
    fingerprint = schema.fingerprint();
    if (schema.relations().isEmpty()) {
      return failed(
          ErrorType.NO_SCHEMA, "the schemas hold no relation that the datasource's role may read");
    }
    promptVersion = PromptWriter.VERSION;
    PromptWriting writing =
        prompts.write(admission.question(), schema, admission.rowCap(), admission.maxInputTokens());
    return switch (writing) {
      case PromptWriting.TooLarge tooLarge ->
          failed(
              ErrorType.INPUT_TOO_LARGE,
              "the question takes %d of %d input tokens, which leaves no room for a relation"
                  .formatted(tooLarge.needed(), admission.maxInputTokens()));
      case PromptWriting.Written written -> callModel(written.prompt(), schema.fingerprint());
    };
  }

  private Generation callModel(Prompt prompt, String schemaFingerprint) {
    ModelCall call =
        new ModelCall(
            admission.candidates().getFirst(),
            prompt.messages(),
            admission.maxOutputTokens(),
            admission.deadline(),
            Purpose.GENERATE,
            new SendAllowance(admission.maxSends()));
    long start = System.nanoTime();
    ModelAnswer answer = models.generate(call);
    modelTime = since(start);
    attempts.addAll(answer.attempts());
    return switch (answer) {
      case ModelAnswer.Failure failure -> failed(failure.error(), failure.message());
      case ModelAnswer.Text text -> readAnswer(text, prompt, schemaFingerprint);
    };
  }

  private Generation readAnswer(ModelAnswer.Text text, Prompt prompt, String schemaFingerprint) {
    return switch (AnswerReader.read(text.text())) {
      case Answer.Unusable unusable -> {
        if (!attempts.isEmpty()) {
          attempts.addLast(attempts.removeLast().failed(unusable.error()));
        }
        yield failed(unusable.error(), unusable.message());
      }
      case Answer.Sql sql ->
          new Generation.Generated(
              admission,
              nonce,
              sql,
              text.model(),
              attempts,
              prompt.shown(),
              schemaFingerprint,
              PromptWriter.VERSION,
              timing());
    };
  }

  private Generation failed(ErrorType error, String message) {
    return new Generation.Failed(
        admission, nonce, error, message, attempts, fingerprint, promptVersion, timing());
  }

  private Generation.Timing timing() {
    return new Generation.Timing(queue, schemaTime, modelTime, since(started));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
