package io.querytrail.generator.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a call of a model ended, with every attempt that was made for it, in order. */
public sealed interface ModelAnswer {
  List<Attempt> attempts();

  /** The same end, with these attempts instead. */
  ModelAnswer with(List<Attempt> all);

  /** The model wrote something; whether it is of use is not known here. */
  record Text(String text, ModelName model, List<Attempt> attempts) implements ModelAnswer {
    public Text {
      attempts = List.copyOf(attempts);
    }

    @Override
    public Text with(List<Attempt> all) {
      return new Text(text, model, all);
    }
  }

  /**
   * The model wrote nothing of use.
   *
   * @param message for people; holds no key and no prompt
   * @param retryAfter how long the provider asks to wait; null when it does not say
   */
  record Failure(
      ErrorType error, String message, List<Attempt> attempts, @Nullable Duration retryAfter)
      implements ModelAnswer {
    public Failure {
      attempts = List.copyOf(attempts);
    }

    @Override
    public Failure with(List<Attempt> all) {
      return new Failure(error, message, all, retryAfter);
    }

    public Failure(ErrorType error, String message, List<Attempt> attempts) {
      this(error, message, attempts, null);
    }
  }
}
