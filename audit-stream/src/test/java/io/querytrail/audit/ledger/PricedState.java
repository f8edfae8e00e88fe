package io.querytrail.audit.ledger;

import io.querytrail.audit.money.PriceTable;

/** A ledger's state to which price tables can be applied. */
interface PricedState extends LedgerState {
  /** As if the table had come at this place of the log. */
  void apply(PriceTable table);
}
