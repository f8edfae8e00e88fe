package io.querytrail.generator.generation;

import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.cache.AnswerCache.Reuse;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.StoredAnswer;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.routing.Candidate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes an answer that was paid for already, where it still stands, and has one written where not.
 * Used once, by one thread.
 */
final class Reusing implements AnswerCache.Asker<Reusing.Result> {
  private final Admission admission;
  private final Drafting work;
  private final List<ModelName> models;
  private final Clock clock;
  private final long started = System.nanoTime();
  private Duration waited = Duration.ZERO;

  /**
   * A draft.
   *
   * @param reuse where it was had from; null where models were asked for it
   */
  record Result(Draft draft, @Nullable Reuse reuse) {}

  Reusing(Admission admission, Drafting work, List<ModelName> models, Clock clock) {
    this.admission = admission;
    this.work = work;
    this.models = models;
    this.clock = clock;
  }

  /**
   * The end of it.
   *
   * @param key made only where answers about the datasource are kept
   */
  Result result(AnswerCache cache, Supplier<AnswerKey> key) {
    if (!cache.covers(admission.datasource())) {
      return ask();
    }
    try {
      return cache.get(key.get(), admission.deadline(), this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(ErrorType.INTERRUPTED, "the service stopped while the answer was waited for");
    }
  }

  /** What the wait for another one's call took. */
  Duration waited() {
    return waited;
  }

  @Override
  public Optional<Result> reuse(StoredAnswer answer, Reuse reuse) {
    if (reuse.tier().equals(AnswerCache.IN_FLIGHT)) {
      waited = Duration.ofNanos(System.nanoTime() - started);
    }
    if (admission.candidates().stream().map(Candidate::model).noneMatch(answer.model()::equals)) {
      return Optional.empty();
    }
    return work.reuse(answer).map(draft -> new Result(draft, reuse));
  }

  @Override
  public Result ask() {
    return new Result(work.write(models), null);
  }

  @Override
  public Optional<StoredAnswer> shared(Result asked) {
    return asked.draft() instanceof Draft.Written written && written.approved()
        ? Optional.of(
            new StoredAnswer(
                written.answer(), written.model(), written.degradedReason(), clock.instant()))
        : Optional.empty();
  }

  @Override
  public Result late() {
    return failed(
        ErrorType.DEADLINE,
        "the deadline passed while the answer to the same question was waited for");
  }

  private static Result failed(ErrorType error, String message) {
    return new Result(new Draft.Failed(error, message, null), null);
  }
}
