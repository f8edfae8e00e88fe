package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;

/** The answer to {@link LedgerCommand.Settle}. */
public sealed interface SettleResponse {
  /**
   * The first outcome of the request: its verdict is due now.
   *
   * @param admission that the outcome is of
   * @param earlier what other admissions of the request were charged for
   * @param charges for the attempts of the outcome, in their order
   * @param cost of the request, everything together
   */
  record Settled(
      Request request,
      Admission admission,
      List<PaidAttempt> earlier,
      List<Charge> charges,
      Money cost)
      implements SettleResponse {}

  /** An earlier admission's failure: its money is known now, and a later one is under way. */
  record Noted() implements SettleResponse {}

  /**
   * The request has its verdict; only money changes.
   *
   * @param late true for the first report of the admission, false for another dispatch of it
   */
  record Corrected(
      RequestState.Closed request,
      Admission admission,
      List<Charge> charges,
      Money delta,
      boolean late)
      implements SettleResponse {}

  /** This very dispatch was settled before. */
  record Repeated() implements SettleResponse {}

  /** Nothing was ever admitted under this id. */
  record Unknown() implements SettleResponse {}
}
