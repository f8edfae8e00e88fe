package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A ledger's state in memory. */
final class MapLedgerState implements PricedState {
  private final Map<AccountId, AccountState> accounts = new HashMap<>();
  private final Map<BudgetKey, Balance> balances = new HashMap<>();
  private final Set<String> orders = new HashSet<>();
  private final Map<AccountId, Map<RequestId, RequestState>> requests = new HashMap<>();
  private final Map<RateKey, RateWindow> windows = new HashMap<>();
  private final Map<List<String>, ModelPrice> usedPrices = new HashMap<>();
  private PriceBook appliedPrices = PriceBook.EMPTY;

  @Override
  public AccountState account(AccountId account) {
    return accounts.getOrDefault(account, AccountState.unknown(account));
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
        .sorted(Comparator.comparing(balance -> balance.key().toString()))
        .toList();
  }

  @Override
  public Optional<RequestState> request(AccountId account, RequestId id) {
    return Optional.ofNullable(requests.getOrDefault(account, Map.of()).get(id));
  }

  @Override
  public boolean answered(AccountId account, String commandId) {
    return orders.contains(account + "|" + commandId);
  }

  @Override
  public void put(Order answered) {
    orders.add(answered.account() + "|" + answered.id());
  }

  @Override
  public Optional<RateWindow> window(RateKey key) {
    return Optional.ofNullable(windows.get(key));
  }

  @Override
  public void put(RateWindow window) {
    windows.put(window.key(), window);
  }

  @Override
  public PriceBook appliedPrices() {
    return appliedPrices;
  }

  @Override
  public void apply(PriceTable table) {
    List<PriceTable> all = new ArrayList<>(appliedPrices.tables());
    all.add(table);
    appliedPrices = new PriceBook(all);
  }

  @Override
  public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
    return Optional.ofNullable(usedPrices.get(List.of(version, provider, model)));
  }

  @Override
  public void put(UsedPrice used) {
    ModelPrice before =
        usedPrices.put(List.of(used.version(), used.provider(), used.model()), used.price());
    if (before != null) {
      throw new AssertionError(used + " stands where " + before + " was pinned");
    }
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
    requests.computeIfAbsent(request.account(), any -> new HashMap<>()).put(request.id(), request);
  }

  Map<BudgetKey, Balance> balances() {
    return balances;
  }

  Iterable<RequestState> requests() {
    return () -> requests.values().stream().flatMap(all -> all.values().stream()).iterator();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MapLedgerState state
        && accounts.equals(state.accounts)
        && balances.equals(state.balances)
        && orders.equals(state.orders)
        && requests.equals(state.requests)
        && windows.equals(state.windows)
        && usedPrices.equals(state.usedPrices);
  }

  @Override
  public int hashCode() {
    return accounts.hashCode();
  }
}
