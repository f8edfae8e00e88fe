package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens to the budgets and windows that an admission counts in. */
record Movement(List<Change> changes, List<RateWindow> windows) {
  /** The hold, if there still is one, gives way to what was reported. */
  static Movement reported(Report report, String user, AccountState account, LedgerView view) {
    Allowance before = report.before();
    List<Change> changes = new ArrayList<>(before.admission().holds().size());
    for (Hold hold : before.admission().holds()) {
      Money released = before.isHeld() ? hold.amount().negated() : Money.ZERO;
      changes.add(
          change(hold, report.settledIn(hold), released, before.isHeld() ? -1 : 0, account, view));
    }
    return new Movement(changes, Pace.reported(report, account.account(), user, view));
  }

  /** The whole hold counts as spent. */
  static Movement assumed(Admission admission, String user, AccountState account, LedgerView view) {
    List<Change> changes = new ArrayList<>(admission.holds().size());
    for (Hold hold : admission.holds()) {
      changes.add(change(hold, hold.amount(), hold.amount().negated(), -1, account, view));
    }
    return new Movement(changes, Pace.givenUp(admission, account.account(), user, view));
  }

  private static Change change(
      Hold hold, Money settled, Money held, int holds, AccountState account, LedgerView view) {
    Balance before = current(hold.budget(), account, view);
    Balance after = before.changed(settled, held, holds);
    return new Change(after, after.settled().minus(before.settled()), held);
  }

  /** The balance under the limit that the policy in force sets. */
  private static Balance current(BudgetKey key, AccountState account, LedgerView view) {
    Balance balance =
        view.balance(key).orElseThrow(() -> new IllegalStateException("no balance of " + key));
    if (account.policy().isEmpty()) {
      return balance;
    }
    Optional<BudgetRule> rule = account.policy().get().budget(key);
    return rule.isPresent() ? balance.under(rule.get(), view) : balance;
  }
}
