package io.querytrail.generator.generation;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelName;
import org.jspecify.annotations.Nullable;

/** What came of letting models write a statement until it stood, or nobody could say more. */
sealed interface Draft {
  /**
   * A statement for the verdict.
   *
   * @param plan null where there is none
   * @param planError why there is no plan; null where there is one
   * @param degradedReason why it did not come the way it was asked for; null where it did
   * @param approved whether the guard has nothing against it
   */
  record Written(
      Answer.Sql answer,
      ModelName model,
      Planning.@Nullable Planned plan,
      @Nullable String planError,
      @Nullable String degradedReason,
      boolean approved)
      implements Draft {}

  /**
   * None.
   *
   * @param sql the last one, where there was one
   */
  record Failed(ErrorType error, String message, @Nullable String sql) implements Draft {}
}
