package io.querytrail.audit.ledger;

import java.util.List;

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

  /** A new policy for an account. */
  record ChangePolicy(Policy policy) implements LedgerCommand {}
}
