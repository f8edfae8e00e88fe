package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RequestId;
import java.util.Optional;

/** Keys of the rows. Account ids hold no bar, and whatever may hold one stands last. */
final class StoreKeys {
  static final String BALANCE = "balance";
  static final String COMMAND = "command";
  static final String REQUEST = "request";
  static final String WINDOWS = "window|";

  /** Which price tables were applied. */
  static final String APPLIED_PRICES = "prices";

  private StoreKeys() {}

  static String appliedTable(String version) {
    return "prices|" + version;
  }

  static String usedPrice(String version, String provider, String model) {
    return "price|" + version + '|' + provider + ':' + model;
  }

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
    return "%s|%s|%s|%s|%s|%s"
        .formatted(
            BALANCE,
            key.account(),
            key.periodKind(),
            key.periodName(),
            key.scope(),
            key.scopeKey());
  }

  static String command(AccountId account, String id) {
    return COMMAND + '|' + account + '|' + id;
  }

  /** A user's window has one bar more than the account's own. */
  static String window(RateKey key) {
    return WINDOWS + key.account() + key.user().map(user -> '|' + user).orElse("");
  }

  static RateKey window(String key) {
    String rest = key.substring(WINDOWS.length());
    int bar = rest.indexOf('|');
    return bar < 0
        ? new RateKey(new AccountId(rest), Optional.empty())
        : new RateKey(new AccountId(rest.substring(0, bar)), Optional.of(rest.substring(bar + 1)));
  }

  /** The first key after all that begin so. */
  static String endOf(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }

  static String request(AccountId account, RequestId id) {
    return REQUEST + '|' + account + '|' + id;
  }
}
