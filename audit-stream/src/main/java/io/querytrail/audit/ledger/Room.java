package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.money.Money;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether every budget has room for an admission: all of them hold it, or none does. */
sealed interface Room {
  /**
   * @param candidates that have room in their own budgets; one that has none is left out
   * @param sendCeiling of the dearest of them
   */
  record Enough(
      List<PricedCandidate> candidates, Money sendCeiling, Money asked, List<Change> changes)
      implements Room {}

  /** That hard budget has none, and without it the request cannot be served. */
  record TooLittle(Balance balance, Money asked) implements Room {}

  static Room in(BudgetSelection budgets, List<PricedCandidate> models, int maxSends) {
    List<PricedCandidate> candidates = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    Set<String> counted = new HashSet<>();
    Money sendCeiling = Money.ZERO;
    Optional<TooLittle> first = Optional.empty();
    for (PricedCandidate model : models) {
      Money asked = model.sendCeiling().times(maxSends);
      List<Balance> own = budgets.ofModel(model.candidate());
      Optional<TooLittle> against = against(own, asked);
      if (against.isPresent()) {
        first = first.or(() -> against);
        continue;
      }
      candidates.add(model);
      sendCeiling = Money.max(sendCeiling, model.sendCeiling());
      // A model that stands in the list twice shares one allowance.
      if (counted.add(model.candidate().key())) {
        changes.addAll(changes(own, asked));
      }
    }
    if (candidates.isEmpty()) {
      return first.orElseThrow();
    }
    Money asked = sendCeiling.times(maxSends);
    List<Balance> common = budgets.ofRequest();
    Optional<TooLittle> against = against(common, asked);
    if (against.isPresent()) {
      return against.get();
    }
    changes.addAll(0, changes(common, asked));
    return new Enough(candidates, sendCeiling, asked, changes);
  }

  private static Optional<TooLittle> against(List<Balance> balances, Money asked) {
    for (Balance balance : balances) {
      if (balance.hard() && !balance.fits(asked)) {
        return Optional.of(new TooLittle(balance, asked));
      }
    }
    return Optional.empty();
  }

  private static List<Change> changes(List<Balance> balances, Money held) {
    List<Change> changes = new ArrayList<>(balances.size());
    for (Balance balance : balances) {
      changes.add(new Change(balance.changed(Money.ZERO, held, 1), Money.ZERO, held));
    }
    return changes;
  }
}
