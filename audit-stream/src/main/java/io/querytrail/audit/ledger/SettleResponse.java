package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;

/** The answer to {@link LedgerCommand.Settle}. */
public sealed interface SettleResponse {
  /** The first outcome of the request: its verdict is due now. */
  record Settled(RequestState.Open request, List<Charge> charges, Money cost)
      implements SettleResponse {}

  /** The request has its verdict; only money changes. */
  record Corrected(RequestState.Closed request, List<Charge> charges, Money delta)
      implements SettleResponse {}

  /** This very dispatch was settled before. */
  record Repeated() implements SettleResponse {}

  /** Nothing was ever admitted under this id. */
  record Unknown() implements SettleResponse {}
}
