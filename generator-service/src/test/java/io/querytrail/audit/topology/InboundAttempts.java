package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.Attempt;
import io.querytrail.events.ModelAttempt;
import java.util.List;

/** Attempts as the stream reads them from an event. */
public final class InboundAttempts {
  private InboundAttempts() {}

  public static List<Attempt> of(List<ModelAttempt> attempts) {
    return attempts.stream().map(InboundMapper::attempt).toList();
  }
}
