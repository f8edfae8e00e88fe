package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the ledger is asked to decide. */
public sealed interface LedgerCommand {
  /**
   * May this request spend?
   *
   * @param defects what is wrong with the request itself; empty when it is well formed
   */
  record Admit(Request request, List<String> defects) implements LedgerCommand {
    public Admit {
      defects = List.copyOf(defects);
    }
  }

  /**
   * A dispatch came to its end; this is what it used.
   *
   * @param admission id of the admission that it was dispatched under
   * @param nonce identity of the dispatch
   * @param answered whether it brought an answer, which ends the request whichever admission it is
   *     of
   */
  record Settle(
      AccountId account,
      RequestId request,
      String admission,
      String nonce,
      List<Attempt> attempts,
      boolean answered)
      implements LedgerCommand {
    public Settle {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * The generator that had the admission is gone, and may have spent all of it.
   *
   * @param at append time of the report: another admission is of that moment
   */
  record Interrupt(AccountId account, RequestId request, String admission, Instant at)
      implements LedgerCommand {}

  /**
   * Nothing has been heard of the admission, and all that was reported before its deadline has been
   * read.
   *
   * @param at must not be before the deadline
   */
  record Expire(AccountId account, RequestId request, String admission, Instant at)
      implements LedgerCommand {}

  /**
   * A person posts an amount to one budget.
   *
   * @param amount added to what is settled; empty sets that back to nothing
   */
  record Adjust(Order order, BudgetTarget target, Optional<Money> amount)
      implements LedgerCommand {}

  /** A person ends a request that waits for its answer. */
  record Cancel(Order order, RequestId request) implements LedgerCommand {}

  /**
   * A new policy for an account.
   *
   * @param at append time of it: the budgets of that moment's periods come under it at once
   */
  record ChangePolicy(Policy policy, Instant at) implements LedgerCommand {}
}
