package io.querytrail.audit.ledger;

import java.util.Optional;

/**
 * An account's own row.
 *
 * @param policy in force; empty until one was applied
 * @param sequence number of the account's last ledger fact, 0 before the first
 */
public record AccountState(AccountId account, Optional<Policy> policy, long sequence) {
  static AccountState unknown(AccountId account) {
    return new AccountState(account, Optional.empty(), 0);
  }
}
