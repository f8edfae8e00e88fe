package io.querytrail.audit.ledger;

/** The ledger's state, written by {@link BudgetLedger#apply} alone. */
public interface LedgerState extends LedgerView {
  void put(AccountState account);

  void put(Balance balance);

  void put(RequestState request);

  /** Remembers that a command was answered. */
  void put(Order answered);

  void put(RateWindow window);

  /** Never another price for the same version and model. */
  void put(UsedPrice price);
}
