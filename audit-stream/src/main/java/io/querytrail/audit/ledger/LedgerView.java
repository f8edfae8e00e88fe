package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import java.util.List;
import java.util.Optional;

/** What a decision may look at. */
public interface LedgerView {
  /** The account's row, also for one that nobody has heard of. */
  AccountState account(AccountId account);

  Optional<Balance> balance(BudgetKey key);

  /** Whether a person's command of that id was answered. */
  boolean answered(AccountId account, String commandId);

  Optional<RateWindow> window(RateKey key);

  /** Tables that were applied at run time; they go before those that came with the product. */
  PriceBook appliedPrices();

  /** A price by which requests were admitted. */
  Optional<ModelPrice> usedPrice(String version, String provider, String model);

  /** All balances of the account in that period. */
  List<Balance> balances(AccountId account, Period.Kind kind, String periodName);

  Optional<RequestState> request(AccountId account, RequestId id);
}
