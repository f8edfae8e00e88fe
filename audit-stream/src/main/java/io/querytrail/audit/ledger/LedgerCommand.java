package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
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
   * @param nonce identity of the dispatch
   */
  record Settle(AccountId account, RequestId request, String nonce, List<Attempt> attempts)
      implements LedgerCommand {
    public Settle {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * A person posts an amount to one budget.
   *
   * @param amount added to what is settled; empty sets that back to nothing
   */
  record Adjust(Order order, BudgetTarget target, Optional<Money> amount)
      implements LedgerCommand {}

  /** A new policy for an account. */
  record ChangePolicy(Policy policy) implements LedgerCommand {}
}
