package io.querytrail.generator.answer;

import io.querytrail.generator.model.ErrorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model's text turned out to be. */
public sealed interface Answer {
  /**
   * SQL; nothing says yet that it is safe.
   *
   * @param visualization "bar", "line", "table", "pie" or "none"
   */
  record Sql(
      String sql,
      @Nullable String explanation,
      List<String> warnings,
      @Nullable String visualization)
      implements Answer {
    public Sql {
      warnings = List.copyOf(warnings);
    }
  }

  /** Nothing that may be passed on; {@code message} quotes nothing of the text. */
  record Unusable(ErrorType error, String message) implements Answer {}
}
