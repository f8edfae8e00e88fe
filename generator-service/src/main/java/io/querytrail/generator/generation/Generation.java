package io.querytrail.generator.generation;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.schema.Relation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an admission. */
public sealed interface Generation {
  Admission admission();

  /** Random identity of the dispatch; two of them are two payments. */
  String nonce();

  List<Attempt> attempts();

  Timing timing();

  /**
   * Where the time went.
   *
   * @param queue from the admission's append to the start of work
   * @param model all attempts and the waits between them; the wait for another one's call
   * @param explain the database's plans
   * @param total from the start of work to its end
   */
  record Timing(
      Duration queue, Duration schema, Duration model, Duration explain, Duration total) {}

  /**
   * A model answered with SQL.
   *
   * @param plan null where there is none
   * @param planError why there is no plan; null where there is one
   * @param repairs rounds in which a problem went back to the model
   * @param routingReason why the first model was the first; null where there was no choice
   * @param degradedReason why the answer did not come the way it was asked for; null where it did
   * @param reuse where the answer was had from; null where models were asked for it
   */
  record Generated(
      Admission admission,
      String nonce,
      Answer.Sql answer,
      ModelName model,
      List<Attempt> attempts,
      List<Relation> shown,
      String schemaFingerprint,
      String promptVersion,
      Planning.@Nullable Planned plan,
      @Nullable String planError,
      int repairs,
      @Nullable String degradedReason,
      @Nullable String routingReason,
      AnswerCache.@Nullable Reuse reuse,
      Timing timing)
      implements Generation {
    public Generated {
      attempts = List.copyOf(attempts);
      shown = List.copyOf(shown);
    }
  }

  /**
   * No usable answer was had.
   *
   * @param message for people; holds no key and no prompt
   * @param sql the statement that did not stand, where there was one
   * @param schemaFingerprint null where the schema was not reached
   * @param promptVersion null where no prompt was written
   */
  record Failed(
      Admission admission,
      String nonce,
      ErrorType error,
      String message,
      @Nullable String sql,
      List<Attempt> attempts,
      @Nullable String schemaFingerprint,
      @Nullable String promptVersion,
      Timing timing)
      implements Generation {
    public Failed {
      attempts = List.copyOf(attempts);
    }
  }
}
