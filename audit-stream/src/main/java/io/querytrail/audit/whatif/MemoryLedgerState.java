package io.querytrail.audit.whatif;

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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One account's ledger in memory. Requests that have their verdict are forgotten, the oldest first,
 * so that a history of any length fits. Not safe for use by several threads.
 */
public final class MemoryLedgerState implements LedgerState {
  private static final int MAX_CLOSED = 10_000;

  private final Map<BudgetKey, Balance> balances = new HashMap<>();
  private final Map<RateKey, RateWindow> windows = new HashMap<>();
  private final Map<RequestId, RequestState> open = new HashMap<>();
  private final Map<RequestId, RequestState> closed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RequestId, RequestState> eldest) {
          return size() > MAX_CLOSED;
        }
      };
  private final Set<String> answered = new HashSet<>();
  private final Map<List<String>, ModelPrice> usedPrices = new HashMap<>();
  private final PriceBook appliedPrices;
  private AccountState account;

  public MemoryLedgerState(AccountId account, PriceBook appliedPrices) {
    this.appliedPrices = appliedPrices;
    this.account = new AccountState(account, Optional.empty(), 0);
  }

  @Override
  public AccountState account(AccountId id) {
    return account;
  }

  @Override
  public Optional<Balance> balance(BudgetKey key) {
    return Optional.ofNullable(balances.get(key));
  }

  @Override
  public List<Balance> balances(AccountId id, Period.Kind kind, String periodName) {
    return balances.values().stream()
        .filter(balance -> balance.key().periodKind() == kind)
        .filter(balance -> balance.key().periodName().equals(periodName))
        .toList();
  }

  @Override
  public Optional<RequestState> request(AccountId id, RequestId request) {
    RequestState found = open.get(request);
    return Optional.ofNullable(found == null ? closed.get(request) : found);
  }

  @Override
  public Optional<RateWindow> window(RateKey key) {
    return Optional.ofNullable(windows.get(key));
  }

  @Override
  public boolean answered(AccountId id, String commandId) {
    return answered.contains(commandId);
  }

  @Override
  public PriceBook appliedPrices() {
    return appliedPrices;
  }

  @Override
  public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
    return Optional.ofNullable(usedPrices.get(List.of(version, provider, model)));
  }

  @Override
  public void put(UsedPrice used) {
    usedPrices.put(List.of(used.version(), used.provider(), used.model()), used.price());
  }

  @Override
  public void put(AccountState changed) {
    account = changed;
  }

  @Override
  public void put(Balance balance) {
    balances.put(balance.key(), balance);
  }

  @Override
  public void put(RateWindow window) {
    windows.put(window.key(), window);
  }

  @Override
  public void put(RequestState request) {
    switch (request) {
      case RequestState.Open waiting -> open.put(waiting.id(), waiting);
      case RequestState.Closed done -> {
        open.remove(done.id());
        closed.put(done.id(), done);
      }
    }
  }

  @Override
  public void put(Order order) {
    answered.add(order.id());
  }
}
