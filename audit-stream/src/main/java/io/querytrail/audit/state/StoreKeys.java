package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.RequestId;

/** Keys of the rows. Account ids hold no bar, and whatever may hold one stands last. */
final class StoreKeys {
  private StoreKeys() {}

  static String account(AccountId id) {
    return "account|" + id;
  }

  static String policy(AccountId id) {
    return "policy|" + id;
  }

  static String chain(AccountId id) {
    return "chain|" + id;
  }

  static String balance(BudgetKey key) {
    return "balance|%s|%s|%s|%s|%s"
        .formatted(key.account(), key.periodKind(), key.periodName(), key.scope(), key.scopeKey());
  }

  static String command(AccountId account, String id) {
    return "command|" + account + '|' + id;
  }

  static String request(AccountId account, RequestId id) {
    return "request|" + account + '|' + id;
  }
}
