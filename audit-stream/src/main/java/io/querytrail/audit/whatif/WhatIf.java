package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.money.PriceBook;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Replays ledgers under another policy. Takes the events of each account in their order, from the
 * first one on. Not safe for use by several threads; accounts may be shared out among several of
 * these.
 */
public final class WhatIf {
  private final BudgetLedger ledger;
  private final PriceBook applied;
  private final Function<AccountId, Policy> tried;
  private final Instant since;
  private final Instant until;
  private final Map<String, AccountReplay> accounts = new TreeMap<>();

  /**
   * @param applied price tables that were applied at run time
   * @param tried the policy that stands in the place of an account's own; its version is of no
   *     consequence
   * @param since from here on requests are decided anew
   * @param until what happened later is left out
   */
  public WhatIf(
      BudgetLedger ledger,
      PriceBook applied,
      Function<AccountId, Policy> tried,
      Instant since,
      Instant until) {
    this.ledger = ledger;
    this.applied = applied;
    this.tried = tried;
    this.since = since;
    this.until = until;
  }

  /**
   * @throws WhatIfException when the policy could not follow the one in force
   */
  public void take(HistoryStep step) {
    if (!step.at().isAfter(until)) {
      accounts
          .computeIfAbsent(
              step.account().value(),
              id ->
                  new AccountReplay(
                      step.account(), tried.apply(step.account()), ledger, applied, since))
          .take(step);
    }
  }

  /** The requests that would have gone another way, by time within each account. */
  public List<Outcome> outcomes() {
    accounts.values().forEach(AccountReplay::finish);
    return accounts.values().stream()
        .flatMap(replay -> replay.outcomes().stream())
        .sorted(
            Comparator.comparing((Outcome outcome) -> outcome.account().value())
                .thenComparing(Outcome::at))
        .toList();
  }

  /** One for each account. */
  public List<Totals> totals() {
    accounts.values().forEach(AccountReplay::finish);
    return accounts.values().stream().map(AccountReplay::totals).toList();
  }
}
