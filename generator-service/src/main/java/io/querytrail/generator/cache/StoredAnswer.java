package io.querytrail.generator.cache;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.model.ModelName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer that was paid for.
 *
 * @param model that wrote it
 * @param degradedReason why it is not what was asked for; null where it is, as with everything that
 *     is kept: only those who waited for it get another
 * @param since when it was written
 */
public record StoredAnswer(
    Answer.Sql answer, ModelName model, @Nullable String degradedReason, Instant since) {
  /** Longer ones are not kept, so that a bound on their number bounds their size. */
  private static final int MAX_CHARS = 16_384;

  /** Whether it may be kept for those who ask later. */
  public boolean isWorthKeeping() {
    return degradedReason == null && chars() <= MAX_CHARS;
  }

  private long chars() {
    String explanation = answer.explanation();
    return answer.sql().length()
        + (explanation == null ? 0L : explanation.length())
        + answer.warnings().stream().mapToLong(String::length).sum();
  }
}
