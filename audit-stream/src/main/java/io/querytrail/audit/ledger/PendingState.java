package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A state as it would be, on top of one that stays as it is. */
final class PendingState implements LedgerState {
  private final LedgerView below;
  private final Map<AccountId, AccountState> accounts = new HashMap<>();
  private final Map<BudgetKey, Balance> balances = new HashMap<>();
  private final Map<RequestId, RequestState> requests = new HashMap<>();
  private final Set<String> orders = new HashSet<>();
  private final Map<RateKey, RateWindow> windows = new HashMap<>();
  private final Map<List<String>, ModelPrice> usedPrices = new HashMap<>();

  /** For facts of one account. */
  PendingState(LedgerView below) {
    this.below = below;
  }

  @Override
  public AccountState account(AccountId account) {
    AccountState pending = accounts.get(account);
    return pending == null ? below.account(account) : pending;
  }

  @Override
  public Optional<Balance> balance(BudgetKey key) {
    Balance pending = balances.get(key);
    return pending == null ? below.balance(key) : Optional.of(pending);
  }

  @Override
  public List<Balance> balances(AccountId account, Period.Kind kind, String periodName) {
    return below.balances(account, kind, periodName).stream()
        .map(balance -> balances.getOrDefault(balance.key(), balance))
        .toList();
  }

  @Override
  public Optional<RequestState> request(AccountId account, RequestId id) {
    RequestState pending = requests.get(id);
    return pending == null ? below.request(account, id) : Optional.of(pending);
  }

  @Override
  public Optional<RateWindow> window(RateKey key) {
    RateWindow pending = windows.get(key);
    return pending == null ? below.window(key) : Optional.of(pending);
  }

  @Override
  public boolean answered(AccountId account, String commandId) {
    return orders.contains(commandId) || below.answered(account, commandId);
  }

  @Override
  public void put(Order answered) {
    orders.add(answered.id());
  }

  @Override
  public PriceBook appliedPrices() {
    return below.appliedPrices();
  }

  @Override
  public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
    ModelPrice pending = usedPrices.get(List.of(version, provider, model));
    return pending == null ? below.usedPrice(version, provider, model) : Optional.of(pending);
  }

  @Override
  public void put(UsedPrice used) {
    usedPrices.put(List.of(used.version(), used.provider(), used.model()), used.price());
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
    requests.put(request.id(), request);
  }

  @Override
  public void put(RateWindow window) {
    windows.put(window.key(), window);
  }
}
