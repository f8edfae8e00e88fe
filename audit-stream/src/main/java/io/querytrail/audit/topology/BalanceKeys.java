package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.BudgetKey;
import java.nio.charset.StandardCharsets;

/** Keys of the balances topic. */
final class BalanceKeys {
  private BalanceKeys() {}

  /** {@code account|scope|scopeKey|period}. */
  static String of(BudgetKey key) {
    return "%s|%s|%s|%s".formatted(key.account(), key.scope(), key.scopeKey(), key.periodName());
  }

  /** The account in a key; account ids hold no bar. */
  static String account(byte[] key) {
    String text = new String(key, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf('|'));
  }
}
