package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;

/** The answer to {@link LedgerCommand.Interrupt} and {@link LedgerCommand.Expire}. */
public sealed interface ReleaseResponse {
  /** The request may be tried again, under a new admission. */
  record Readmitted(Request request, Admission admission, DatasourceRule datasource)
      implements ReleaseResponse {}

  /**
   * The request ends without an answer: its verdict is due now.
   *
   * @param attempts what it is charged for
   * @param why for people: why it is not tried again
   */
  record Ended(
      Request request, Admission admission, List<PaidAttempt> attempts, Money cost, String why)
      implements ReleaseResponse {}

  /** The request has its verdict; only money changes. */
  record Corrected(
      RequestState.Closed request, Admission admission, List<PaidAttempt> attempts, Money delta)
      implements ReleaseResponse {}

  /** The admission holds nothing: it was reported, or given up before. */
  record Ignored() implements ReleaseResponse {}

  /** Nothing was ever admitted under this id. */
  record Unknown() implements ReleaseResponse {}
}
