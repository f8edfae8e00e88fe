package io.querytrail.cli;

import io.querytrail.audit.ledger.BudgetRule;
import io.querytrail.audit.ledger.Period;
import io.querytrail.events.BalanceChange;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An account's balances as they were, built up from its ledger events in their order. Not safe for
 * use by several threads.
 */
final class LedgerHistory {
  private final Map<String, BudgetBalance> balances = new TreeMap<>();
  private final Map<String, Set<String>> holders = new TreeMap<>();
  private final Map<String, Set<Integer>> alerted = new TreeMap<>();
  private ZoneId zone = ZoneOffset.UTC;

  /** Of the policy in force; null before the first one that was read. */
  private @Nullable List<Budget> budgets;

  /** Takes the next event of the account. */
  void add(LedgerEvent event, Instant at) {
    if (event.getPolicy() != null) {
      zone = ZoneId.of(event.getPolicy().getTimeZone());
      budgets = event.getPolicy().getBudgets();
    }
    for (BalanceChange change : event.getChanges()) {
      String key = key(change);
      if (event.getKind() == LedgerEventKind.THRESHOLD_REACHED) {
        alerted.computeIfAbsent(key, any -> new TreeSet<>()).addAll(percents(event));
      }
      Set<String> holding = holders.computeIfAbsent(key, any -> new HashSet<>());
      String request = event.getRequestId();
      if (request != null && change.getHeldDelta().signum() > 0) {
        holding.add(request);
      } else if (request != null && change.getHeldDelta().signum() < 0) {
        holding.remove(request);
      }
      if (isDropped(change)) {
        balances.remove(key);
      } else {
        balances.put(key, balance(event, change, holding.size(), at));
      }
    }
  }

  /** Whether the policy has no such budget any more. */
  private boolean isDropped(BalanceChange change) {
    return budgets != null
        && budgets.stream()
            .noneMatch(budget ->
                budget.getScope() == change.getScope()
                    && budget.getPeriod() == change.getPeriod()
                    && (budget.getScope() == BudgetScope.ACCOUNT
                        || budget.getScopeKey().equals(BudgetRule.EACH)
                        || budget.getScopeKey().equals(change.getScopeKey())));
  }

  /** The event says them as a list: [50, 80]. */
  private static List<Integer> percents(LedgerEvent event) {
    String reason = event.getReason() == null ? "" : event.getReason();
    return Arrays.stream(reason.split("[^0-9]+", -1))
        .filter(text -> !text.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }

  /** The budgets that money was held or spent in so far. */
  List<BudgetBalance> balances() {
    return new ArrayList<>(balances.values());
  }

  /** Ids of the requests that hold money, sorted. */
  List<String> holders() {
    return holders.values().stream().flatMap(Set::stream).distinct().sorted().toList();
  }

  /** The same by budget, for those that are held in. */
  Map<String, List<String>> holdersByBudget() {
    Map<String, List<String>> found = new LinkedHashMap<>();
    holders.forEach((key, requests) -> {
      BudgetBalance balance = balances.get(key);
      if (balance != null && !requests.isEmpty()) {
        found.put(name(balance), requests.stream().sorted().toList());
      }
    });
    return found;
  }

  /** A budget as people speak of it. */
  static String name(BudgetBalance balance) {
    return "%s %s in %s"
        .formatted(
            balance.getScope().name().toLowerCase(Locale.ROOT),
            balance.getScopeKey(),
            balance.getPeriodName());
  }

  private static String key(BalanceChange change) {
    return "%s|%d|%s|%s"
        .formatted(
            change.getPeriodName(),
            change.getScope().ordinal(),
            change.getPeriod(),
            change.getScopeKey());
  }

  private BudgetBalance balance(
      LedgerEvent event, BalanceChange change, int openHolds, Instant at) {
    Optional<Period> period = period(change);
    return BudgetBalance.newBuilder()
        .setAccount(event.getAccount())
        .setScope(change.getScope())
        .setScopeKey(change.getScopeKey())
        .setPeriod(change.getPeriod())
        .setPeriodName(change.getPeriodName())
        .setPeriodStart(period.flatMap(Period::start).orElse(null))
        .setPeriodEnd(period.flatMap(Period::end).orElse(null))
        .setKind(change.getKind())
        .setCurrency(event.getCurrency() == null ? "" : event.getCurrency())
        .setLimit(change.getLimit())
        .setRolledOver(change.getRolledOver())
        .setSettled(change.getSettled())
        .setAdjusted(change.getAdjusted())
        .setHeld(change.getHeld())
        .setOpenHolds(openHolds)
        .setAlerted(List.copyOf(alerted.getOrDefault(key(change), Set.of())))
        .setPolicyVersion(event.getPolicyVersion())
        .setLedgerSequence(event.getSequence())
        .setUpdatedAt(at)
        .build();
  }

  private Optional<Period> period(BalanceChange change) {
    try {
      return change.getPeriod() == BudgetPeriod.UNKNOWN || change.getScope() == BudgetScope.UNKNOWN
          ? Optional.empty()
          : Optional.of(
              Period.named(
                  Period.Kind.valueOf(change.getPeriod().name()), change.getPeriodName(), zone));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
