package io.querytrail.generator.generation;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.answer.AnswerReader;
import io.querytrail.generator.cache.StoredAnswer;
import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Model, guard and planner in turn: a statement that the database takes for wrong goes back to the
 * model with the reason, twice at most, out of the same allowance. Where a name is unknown, and the
 * schema changed since the prompt was written, the new one counts from then on. A statement that
 * the guard rejects never gets to the database. Used once, by one thread.
 */
final class Drafting {
  private static final int MAX_REPAIRS = 2;

  private final Admission admission;
  private final Parts parts;
  private final Supplier<Optional<Prompt>> changedPrompt;
  private final int room;
  private final SendAllowance allowance;
  private final List<Attempt> attempts;
  private final List<String> degraded = new ArrayList<>();
  private Prompt prompt;
  private boolean hasAskedForChange;
  private int repairs;
  private long modelNanos;
  private long explainNanos;

  /** A statement, and what was found about it. */
  private record Found(
      Answer.Sql answer,
      ModelName model,
      String text,
      Planning.@Nullable Planned plan,
      @Nullable String planError,
      @Nullable Problem problem,
      boolean approved) {
    boolean refusedByDatabase() {
      return approved && problem != null;
    }
  }

  /**
   * @param changedPrompt writes the prompt anew; empty where the schema is the same
   * @param room ceiling of a prompt, by our own count
   * @param attempts gets every attempt as soon as it is made
   */
  Drafting(
      Admission admission,
      Parts parts,
      Prompt prompt,
      Supplier<Optional<Prompt>> changedPrompt,
      int room,
      List<Attempt> attempts) {
    this.admission = admission;
    this.parts = parts;
    this.prompt = prompt;
    this.changedPrompt = changedPrompt;
    this.room = room;
    this.attempts = attempts;
    this.allowance = new SendAllowance(admission.maxSends());
  }

  /** The last one, by whose schema the statement was judged. */
  Prompt prompt() {
    return prompt;
  }

  int repairs() {
    return repairs;
  }

  Duration modelTime() {
    return Duration.ofNanos(modelNanos);
  }

  Duration explainTime() {
    return Duration.ofNanos(explainNanos);
  }

  /** Asks these models, in their order. */
  Draft write(List<ModelName> models) {
    ModelAnswer answer = ask(prompt.messages(), models, Purpose.GENERATE);
    if (answer instanceof ModelAnswer.Failure failure) {
      return new Draft.Failed(failure.error(), failure.message(), null);
    }
    ModelAnswer.Text text = (ModelAnswer.Text) answer;
    return switch (AnswerReader.read(text.text())) {
      case Answer.Unusable(ErrorType error, String why) -> new Draft.Failed(error, why, null);
      case Answer.Sql sql -> mended(check(sql, text.model(), text.text()), models);
    };
  }

  private Draft mended(Found first, List<ModelName> models) {
    Found found = first;
    while (found.problem() != null) {
      if (found.problem().isOfUnknownName() && takesChangedSchema()) {
        found = check(found.answer(), found.model(), found.text());
        continue;
      }
      Optional<Found> next = repaired(found, found.problem(), models);
      if (next.isEmpty()) {
        break;
      }
      found = next.get();
    }
    return ended(found);
  }

  /**
   * A statement that was written for another one who asked the same; empty where it does not stand
   * before the guard and the database of this moment.
   */
  Optional<Draft> reuse(StoredAnswer stored) {
    Found found = check(stored.answer(), stored.model(), stored.answer().sql());
    if (!found.approved() || found.problem() != null) {
      return Optional.empty();
    }
    if (stored.degradedReason() != null) {
      degraded.addFirst(stored.degradedReason());
    }
    return Optional.of(ended(found));
  }

  private boolean takesChangedSchema() {
    if (hasAskedForChange) {
      return false;
    }
    hasAskedForChange = true;
    Optional<Prompt> changed = changedPrompt.get();
    changed.ifPresent(now -> prompt = now);
    return changed.isPresent();
  }

  private Draft ended(Found found) {
    Problem problem = found.problem();
    if (found.refusedByDatabase() && problem != null) {
      return new Draft.Failed(
          ErrorType.PLAN_REFUSED,
          "the database cannot plan the statement: %s (SQLSTATE %s)"
              .formatted(problem.message(), problem.code()),
          found.answer().sql());
    }
    return new Draft.Written(
        found.answer(),
        found.model(),
        found.plan(),
        found.planError(),
        degraded.isEmpty() ? null : String.join("; ", degraded.stream().distinct().toList()),
        found.approved());
  }

  /** Empty where nobody may be asked again, or nothing new came of it. */
  private Optional<Found> repaired(Found found, Problem problem, List<ModelName> models) {
    if (repairs == MAX_REPAIRS
        || allowance.left() == 0
        || !parts.clock().instant().isBefore(admission.deadline())) {
      return Optional.empty();
    }
    Optional<List<Message>> messages = parts.prompts().repair(prompt, found.text(), problem, room);
    if (messages.isEmpty()) {
      return Optional.empty();
    }
    repairs++;
    // Whoever wrote it goes first; models before it had no answer just now.
    List<ModelName> able = models.subList(models.indexOf(found.model()), models.size());
    ModelAnswer answer = ask(messages.get(), able, Purpose.REPAIR);
    if (answer instanceof ModelAnswer.Text text
        && AnswerReader.read(text.text()) instanceof Answer.Sql sql
        && !sql.sql().equals(found.answer().sql())) {
      return Optional.of(check(sql, text.model(), text.text()));
    }
    return Optional.empty();
  }

  private ModelAnswer ask(List<Message> messages, List<ModelName> models, Purpose purpose) {
    ModelCall call =
        new ModelCall(
            models.getFirst(),
            messages,
            admission.maxInputTokens(),
            admission.maxOutputTokens(),
            admission.deadline(),
            purpose,
            allowance,
            0);
    long start = System.nanoTime();
    FallbackChain.Result result = parts.models().generate(call, models);
    modelNanos += System.nanoTime() - start;
    attempts.addAll(result.answer().attempts());
    if (result.answer() instanceof ModelAnswer.Text) {
      result.degraded().ifPresent(degraded::add);
    }
    return result.answer();
  }

  private Found check(Answer.Sql answer, ModelName model, String text) {
    GuardVerdict verdict =
        parts.guard().judge(answer.sql(), admission.guardRules(), prompt.shown());
    return switch (verdict) {
      case GuardVerdict.Rejected rejected ->
          new Found(
              answer,
              model,
              text,
              null,
              "not asked: the safety check rejects the statement by " + rejected.rule(),
              rejected.problem(),
              false);
      case GuardVerdict.Approved approved ->
          switch (plan(approved)) {
            case Planning.Planned plan -> new Found(answer, model, text, plan, null, null, true);
            case Planning.Refused(Problem problem) ->
                new Found(answer, model, text, null, problem.message(), problem, true);
            case Planning.Unavailable(String reason) -> {
              degraded.add("not checked by the database: " + reason);
              yield new Found(answer, model, text, null, reason, null, true);
            }
          };
    };
  }

  private Planning plan(GuardVerdict.Approved statement) {
    Duration left = Duration.between(parts.clock().instant(), admission.deadline());
    if (!left.isPositive()) {
      return new Planning.Unavailable("the deadline passed before the database was asked");
    }
    long start = System.nanoTime();
    try {
      return parts.plans().plan(admission.datasource(), statement, left);
    } finally {
      explainNanos += System.nanoTime() - start;
    }
  }
}
