package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;
import java.util.Optional;

/** One thing that happens in a random history; makes sense wherever it stands in it. */
sealed interface LedgerStep {
  /** What passes before it. */
  int seconds();

  AccountId account();

  /** A request, new or known by its id. */
  record Ask(
      int seconds,
      AccountId account,
      String id,
      String user,
      Optional<String> team,
      Optional<String> datasource,
      Optional<String> tier,
      boolean otherContent)
      implements LedgerStep {}

  /** A dispatch's report: first, late, repeated or of nobody. */
  record Report(
      int seconds,
      AccountId account,
      String id,
      int admission,
      String nonce,
      List<Attempt> attempts,
      boolean answered)
      implements LedgerStep {}

  record Interrupt(int seconds, AccountId account, String id, int admission)
      implements LedgerStep {}

  /** If its deadline is over by then; else nothing. */
  record Expire(int seconds, AccountId account, String id, int admission) implements LedgerStep {}

  /**
   * @param step by which its version is above the one in force; 0 is refused
   * @param policy with any version
   */
  record ChangePolicy(int seconds, int step, Policy policy) implements LedgerStep {
    @Override
    public AccountId account() {
      return policy.account();
    }
  }

  /** A price table of everybody comes; it may begin later, or have begun before. */
  record ApplyPrices(int seconds, AccountId account, long cheap, int beginsInSeconds)
      implements LedgerStep {}

  /** A person ends a request, if it still waits. */
  record Cancel(int seconds, AccountId account, String command, String id) implements LedgerStep {}

  /** A person posts an amount, or resets the budget where there is none. */
  record Adjust(
      int seconds, AccountId account, String command, BudgetTarget target, Optional<Money> amount)
      implements LedgerStep {}
}
