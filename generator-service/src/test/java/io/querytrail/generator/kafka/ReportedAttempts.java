package io.querytrail.generator.kafka;

import io.querytrail.events.ModelAttempt;
import io.querytrail.generator.model.Attempt;
import java.util.List;

/** Attempts as events report them. */
public final class ReportedAttempts {
  private ReportedAttempts() {}

  public static List<ModelAttempt> of(List<Attempt> attempts) {
    return EventMapper.attempts(attempts);
  }
}
