package io.querytrail.cli;

import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.LedgerEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An account's balances as they were, built up from its ledger events in their order. Not safe for
 * use by several threads.
 */
final class LedgerHistory {
  private final Map<String, BudgetBalance> balances = new TreeMap<>();
  private final Map<String, Set<String>> holders = new TreeMap<>();

  /** Takes the next event of the account. */
  void add(LedgerEvent event, Instant at) {
    for (BalanceChange change : event.getChanges()) {
      Set<String> holding = holders.computeIfAbsent(key(change), ignored -> new HashSet<>());
      String request = event.getRequestId();
      if (request != null && change.getHeldDelta().signum() > 0) {
        holding.add(request);
      } else if (request != null && change.getHeldDelta().signum() < 0) {
        holding.remove(request);
      }
      balances.put(key(change), balance(event, change, holding.size(), at));
    }
  }

  /** The budgets that money was held or spent in so far. */
  List<BudgetBalance> balances() {
    return new ArrayList<>(balances.values());
  }

  /** Ids of the requests that hold money, sorted. */
  List<String> holders() {
    return holders.values().stream().flatMap(Set::stream).distinct().sorted().toList();
  }

  private static String key(BalanceChange change) {
    return "%s|%d|%s|%s"
        .formatted(
            change.getPeriodName(),
            change.getScope().ordinal(),
            change.getPeriod(),
            change.getScopeKey());
  }

  private static BudgetBalance balance(
      LedgerEvent event, BalanceChange change, int openHolds, Instant at) {
    return BudgetBalance.newBuilder()
        .setAccount(event.getAccount())
        .setScope(change.getScope())
        .setScopeKey(change.getScopeKey())
        .setPeriod(change.getPeriod())
        .setPeriodName(change.getPeriodName())
        .setCurrency(event.getCurrency() == null ? "" : event.getCurrency())
        .setLimit(change.getLimit())
        .setSettled(change.getSettled())
        .setHeld(change.getHeld())
        .setOpenHolds(openHolds)
        .setPolicyVersion(event.getPolicyVersion())
        .setLedgerSequence(event.getSequence())
        .setUpdatedAt(at)
        .build();
  }
}
