package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.money.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts of one decision, numbered as they come. */
final class Facts {
  /** Decimals of one percent. */
  private static final int PERCENT = 2;

  private final List<LedgerFact> list = new ArrayList<>(3);
  private final long before;

  Facts(AccountState account) {
    this.before = account.sequence();
  }

  List<LedgerFact> list() {
    return list;
  }

  long next() {
    return before + list.size() + 1;
  }

  void add(LedgerFact fact) {
    list.add(fact);
  }

  void replaceFirst(LedgerFact fact) {
    list.set(0, fact);
  }

  /** What has to be told about budgets that money was spent in. */
  void addConsequences(Optional<RequestId> cause, List<Change> changes, Optional<Policy> policy) {
    for (Change change : changes) {
      Balance after = change.after();
      if (after.hard() && change.raises() && after.committed().isGreaterThan(after.limit())) {
        add(new LedgerFact.Breached(next(), cause.orElseThrow(), after));
      }
      List<Integer> reached = policy.isPresent() ? reached(policy.get(), after) : List.of();
      if (!reached.isEmpty()) {
        add(new LedgerFact.ThresholdsReached(next(), cause, after.withAlerted(reached), reached));
      }
    }
  }

  private static List<Integer> reached(Policy policy, Balance balance) {
    Optional<BudgetRule> rule = policy.budget(balance.key());
    if (rule.isEmpty()) {
      return List.of();
    }
    List<Integer> reached = new ArrayList<>(0);
    for (Integer percent : rule.get().thresholds()) {
      if (balance.alerted().contains(percent)) {
        continue;
      }
      if (balance.settled().amount().compareTo(share(balance.limit(), percent)) < 0) {
        // They ascend.
        break;
      }
      reached.add(percent);
    }
    return reached;
  }

  /** May have more decimals than money has. */
  private static BigDecimal share(Money limit, int percent) {
    return limit.amount().multiply(BigDecimal.valueOf(percent, PERCENT));
  }
}
