package io.querytrail.benchmarks;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.LedgerState;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RateWindow;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.UsedPrice;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A ledger's state in memory, as fast as a state can be. It knows the latest requests only, so that
 * what is measured is the ledger and not a collector that moves a heap of finished ones.
 */
final class HeapState implements LedgerState {
  private static final int KNOWN_REQUESTS = 10_000;

  private record Key(AccountId account, RequestId request) {}

  private static final class RecentRequests extends LinkedHashMap<Key, RequestState> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, RequestState> eldest) {
      return size() > KNOWN_REQUESTS;
    }
  }

  private final Map<List<String>, ModelPrice> usedPrices = new HashMap<>();
  private final Map<AccountId, AccountState> accounts = new HashMap<>();
  private final Map<BudgetKey, Balance> balances = new HashMap<>();
  private final Map<Key, RequestState> requests = new RecentRequests();
  private final Map<RateKey, RateWindow> windows = new HashMap<>();

  int openHolds() {
    return balances.values().stream().mapToInt(Balance::openHolds).sum();
  }

  @Override
  public AccountState account(AccountId account) {
    AccountState known = accounts.get(account);
    return known == null ? new AccountState(account, Optional.empty(), 0) : known;
  }

  @Override
  public Optional<Balance> balance(BudgetKey key) {
    return Optional.ofNullable(balances.get(key));
  }

  @Override
  public List<Balance> balances(AccountId account, Period.Kind kind, String periodName) {
    return balances.values().stream()
        .filter(balance ->
            balance.key().account().equals(account)
                && balance.key().periodKind() == kind
                && balance.key().periodName().equals(periodName))
        .toList();
  }

  @Override
  public boolean answered(AccountId account, String commandId) {
    return false;
  }

  @Override
  public Optional<RateWindow> window(RateKey key) {
    return Optional.ofNullable(windows.get(key));
  }

  @Override
  public Optional<RequestState> request(AccountId account, RequestId id) {
    return Optional.ofNullable(requests.get(new Key(account, id)));
  }

  @Override
  public void put(AccountState account) {
    accounts.put(account.account(), account);
  }

  @Override
  public void put(Balance balance) {
    balances.put(balance.key(), balance);
  }

  @Override
  public void put(RequestState request) {
    requests.put(new Key(request.account(), request.id()), request);
  }

  @Override
  public void put(Order answered) {
    throw new UnsupportedOperationException("nobody gives orders here");
  }

  @Override
  public void put(RateWindow window) {
    windows.put(window.key(), window);
  }

  @Override
  public PriceBook appliedPrices() {
    return PriceBook.EMPTY;
  }

  @Override
  public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
    return Optional.ofNullable(usedPrices.get(List.of(version, provider, model)));
  }

  @Override
  public void put(UsedPrice used) {
    usedPrices.put(List.of(used.version(), used.provider(), used.model()), used.price());
  }
}
