package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.state.DueHold;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.streams.processor.Punctuator;

/**
 * Gives up admissions that nothing was heard of, once all that was reported until after their
 * deadline has been read: an answer that waits in a backlog is never given up. Belongs to one task.
 */
final class Expiry implements Punctuator {
  /** How often it is looked for. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /**
   * Added to every deadline: for the report to arrive, and for clocks of brokers and services that
   * are apart. A report that comes later still corrects the charge.
   */
  static final Duration GRACE = Duration.ofSeconds(5);

  /** So that a great many do not hold up the task's other work. */
  private static final int MAX_AT_ONCE = 500;

  private final TaskParts task;
  private final Supplier<Instant> readThrough;
  private final RandomGenerator random;

  /**
   * @param readThrough before which everything that was reported has been read
   */
  Expiry(TaskParts task, Supplier<Instant> readThrough, RandomGenerator random) {
    this.task = task;
    this.readThrough = readThrough;
    this.random = random;
  }

  @Override
  public void punctuate(long wallClockMillis) {
    Instant through = readThrough.get();
    if (through.isBefore(Instant.EPOCH.plus(GRACE))) {
      return;
    }
    List<DueHold> due = task.ledger().state().due(through.minus(GRACE), MAX_AT_ONCE);
    for (DueHold hold : due) {
      expire(hold, through);
    }
  }

  private void expire(DueHold hold, Instant at) {
    TraceParent trace = trace(hold);
    LedgerCommand.Expire command =
        new LedgerCommand.Expire(hold.account(), hold.request(), hold.admission(), at);
    ReleaseResponse response =
        task.ledger().decide("expire", (ledger, view) -> ledger.decide(command, view), at, trace);
    task.metrics().expired();
    new Releases(task).write(response, hold.account(), GivenUp.EXPIRED, at, trace);
  }

  /** The trace of the request, as long as it is known. */
  private TraceParent trace(DueHold hold) {
    TraceParent fresh = TraceParent.start(random);
    return task.ledger()
        .state()
        .request(hold.account(), hold.request())
        .filter(RequestState.Open.class::isInstance)
        .flatMap(state -> ((RequestState.Open) state).request().traceId())
        .map(traceId -> new TraceParent(traceId, fresh.spanId(), fresh.sampled()))
        .orElse(fresh);
  }
}
