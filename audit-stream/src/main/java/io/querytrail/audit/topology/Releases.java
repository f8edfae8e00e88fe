package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.schemas.TraceParent;
import java.time.Instant;

/** Writes out what became of an admission that was given up. Belongs to one task. */
final class Releases {
  private final TaskParts task;

  Releases(TaskParts task) {
    this.task = task;
  }

  /**
   * @return false when there is no such admission
   */
  boolean write(
      ReleaseResponse response, AccountId account, GivenUp why, Instant at, TraceParent trace) {
    switch (response) {
      case ReleaseResponse.Readmitted again -> {
        task.metrics().admission("readmitted");
        task.output()
            .admit(
                again.request(),
                again.admission(),
                again.datasource(),
                task.routing(account),
                at,
                trace);
      }
      case ReleaseResponse.Ended ended -> {
        long policyVersion =
            task.ledger()
                .state()
                .account(account)
                .policy()
                .map(Policy::version)
                .orElse(ended.admission().policyVersion());
        task.verdicts().ended(why, ended, policyVersion, at, trace);
      }
      case ReleaseResponse.Corrected corrected -> {
        task.metrics().correction();
        task.verdicts().corrected(why, corrected, at, trace);
      }
      // It was given up only after it had reported: there is nothing left to charge.
      case ReleaseResponse.Ignored() -> task.metrics().repeatedGeneration();
      case ReleaseResponse.Unknown() -> {
        return false;
      }
    }
    return true;
  }
}
