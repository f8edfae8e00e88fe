package io.querytrail.audit.ledger;

/** The answer to a person's command. */
public sealed interface OrderResponse {
  record Adjusted(LedgerFact.Adjusted fact) implements OrderResponse {}

  /** The request ends without an answer: its verdict is due now. */
  record Cancelled(ReleaseResponse.Ended ended) implements OrderResponse {}

  /**
   * @param why for people: what is in the way and what to do
   */
  record Refused(String why) implements OrderResponse {}

  /** The same command again: it had its answer. */
  record Repeated() implements OrderResponse {}
}
