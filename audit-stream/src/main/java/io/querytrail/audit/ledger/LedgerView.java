package io.querytrail.audit.ledger;

import java.util.Optional;

/** What a decision may look at. */
public interface LedgerView {
  /** The account's row, also for one that nobody has heard of. */
  AccountState account(AccountId account);

  Optional<Balance> balance(BudgetKey key);

  /** Whether a person's command of that id was answered. */
  boolean answered(AccountId account, String commandId);

  Optional<RateWindow> window(RateKey key);

  Optional<RequestState> request(AccountId account, RequestId id);
}
