package io.querytrail.generator.generation;

import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.prompt.Prompt;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.PromptWriting;
import io.querytrail.generator.routing.TierRouter;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.VisibleSchemas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * One admission on its way: schema, prompt, cache or model, check. What was paid for so far is
 * remembered in each step, so that a failure in a later one reports it. Used once, by one thread.
 */
final class Dispatch {
  /** A repair may take this part of the ceiling at most: the schema matters more. */
  private static final int REPAIR_SHARE = 5;

  /** Room for a problem and the words around it. */
  private static final int PROBLEM_TOKENS = 400;

  private final Admission admission;
  private final Parts parts;
  private final String nonce;
  private final long started = System.nanoTime();
  private final List<Attempt> attempts = new ArrayList<>();
  private Duration queue = Duration.ZERO;
  private Duration schemaTime = Duration.ZERO;
  private @Nullable Drafting drafting;
  private @Nullable Reusing reusing;
  private @Nullable String fingerprint;
  private @Nullable String promptVersion;

  Dispatch(Admission admission, Parts parts) {
    this.admission = admission;
    this.parts = parts;
    this.nonce = parts.nonces().next();
  }

  Generation run() {
    Instant now = parts.clock().instant();
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
      parts.bugs().accept(e);
      return failed(ErrorType.INTERNAL, "the generator failed: " + e.getClass().getSimpleName());
    }
  }

  private Generation readSchema() {
    SortedSet<String> visible = VisibleSchemas.of(admission.schemas());
    if (visible.isEmpty()) {
      return failed(ErrorType.NO_SCHEMA, "the admission names no schema that may be shown");
    }
    return switch (read(visible)) {
      case SchemaReading.UnknownDatasource unknown ->
          failed(
              ErrorType.UNKNOWN_DATASOURCE, "the generator's configuration has no such datasource");
      case SchemaReading.Unavailable unavailable ->
          failed(ErrorType.NO_SCHEMA, unavailable.reason());
      case SchemaReading.Known known -> writePrompt(known.schema());
    };
  }

  private SchemaReading read(SortedSet<String> visible) {
    long start = System.nanoTime();
    SchemaReading reading = parts.schemas().read(admission.datasource(), visible);
    schemaTime = schemaTime.plus(since(start));
    return reading;
  }

  private Generation writePrompt(DatabaseSchema schema) {
    fingerprint = schema.fingerprint();
    if (schema.relations().isEmpty()) {
      return failed(
          ErrorType.NO_SCHEMA, "the schemas hold no relation that the datasource's role may read");
    }
    promptVersion = PromptWriter.VERSION;
    return switch (prompt(schema)) {
      case PromptWriting.TooLarge tooLarge ->
          failed(
              ErrorType.INPUT_TOO_LARGE,
              "the question takes %d of %d input tokens, which leaves no room for a relation"
                  .formatted(tooLarge.needed(), admission.maxInputTokens()));
      case PromptWriting.Written written -> draft(written.prompt());
    };
  }

  private PromptWriting prompt(DatabaseSchema schema) {
    return parts
        .prompts()
        .write(admission.question(), schema, admission.rowCap(), room() - roomForRepairs());
  }

  /** The prompt over the schema as it is now; empty where that is the one that is known. */
  private Optional<Prompt> changedPrompt() {
    parts.schemas().doubt(admission.datasource());
    if (read(VisibleSchemas.of(admission.schemas())) instanceof SchemaReading.Known known
        && !known.schema().fingerprint().equals(fingerprint)
        && prompt(known.schema()) instanceof PromptWriting.Written written) {
      fingerprint = known.schema().fingerprint();
      return Optional.of(written.prompt());
    }
    return Optional.empty();
  }

  /** A prompt that is cut to the last token could not be answered to with what was wrong. */
  private int roomForRepairs() {
    return admission.maxSends() > 1
        ? Math.min(room() / REPAIR_SHARE, admission.maxOutputTokens() + PROBLEM_TOKENS)
        : 0;
  }

  /** Any of the candidates may get the prompt, so that the tightest decides. */
  private int room() {
    return admission.candidates().stream()
        .mapToInt(candidate ->
            parts.ceilings().countedTokens(candidate.model(), admission.maxInputTokens()))
        .min()
        .orElseThrow();
  }

  private Generation draft(Prompt prompt) {
    Drafting work = new Drafting(admission, parts, prompt, this::changedPrompt, room(), attempts);
    drafting = work;
    TierRouter.Route route =
        TierRouter.route(
            admission.question().text(),
            admission.preferredTier(),
            admission.candidates(),
            admission.routing());
    Reusing reuse = new Reusing(admission, work, route.models(), parts.clock());
    reusing = reuse;
    Reusing.Result result =
        reuse.result(
            parts.answers(),
            () ->
                AnswerKeys.of(
                    admission,
                    prompt,
                    Objects.requireNonNull(fingerprint),
                    route.models().getFirst()));
    return switch (result.draft()) {
      case Draft.Failed(ErrorType error, String message, String sql) -> failed(error, message, sql);
      case Draft.Written written ->
          new Generation.Generated(
              admission,
              nonce,
              written.answer(),
              written.model(),
              attempts,
              work.prompt().shown(),
              Objects.requireNonNull(fingerprint),
              PromptWriter.VERSION,
              written.plan(),
              written.planError(),
              work.repairs(),
              written.degradedReason(),
              route.reason(),
              result.reuse(),
              timing());
    };
  }

  private Generation failed(ErrorType error, String message) {
    return failed(error, message, null);
  }

  private Generation failed(ErrorType error, String message, @Nullable String sql) {
    return new Generation.Failed(
        admission, nonce, error, message, sql, attempts, fingerprint, promptVersion, timing());
  }

  private Generation.Timing timing() {
    Drafting work = drafting;
    Duration waited = reusing == null ? Duration.ZERO : reusing.waited();
    return new Generation.Timing(
        queue,
        schemaTime,
        work == null ? Duration.ZERO : work.modelTime().plus(waited),
        work == null ? Duration.ZERO : work.explainTime(),
        since(started));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
