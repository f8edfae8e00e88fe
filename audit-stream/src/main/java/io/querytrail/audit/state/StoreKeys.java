package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RequestId;
import java.time.Instant;
import java.util.Optional;

/** Keys of the rows. Account ids hold no bar, and whatever may hold one stands last. */
final class StoreKeys {
  static final String BALANCE = "balance";
  static final String COMMAND = "command";
  static final String REQUEST = "request";
  static final String WINDOWS = "window|";
  static final String DUE = "due|";

  /** A price that requests were admitted by. */
  static final String USED_PRICE = "price";

  /** Which price tables were applied; with a version behind a bar, that table. */
  static final String APPLIED_PRICES = "prices";

  private StoreKeys() {}

  static String appliedTable(String version) {
    return APPLIED_PRICES + '|' + version;
  }

  static String usedPrice(String version, String provider, String model) {
    return USED_PRICE + '|' + version + '|' + provider + ':' + model;
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
    return balances(key.account(), key.periodKind(), key.periodName())
        + key.scope()
        + '|'
        + key.scopeKey();
  }

  /** What the keys of all balances of one period begin with. */
  static String balances(AccountId account, Period.Kind kind, String periodName) {
    return BALANCE + '|' + account + '|' + kind + '|' + periodName + '|';
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

  /** Admissions in the order of their deadlines. */
  static String due(AccountId account, Admission admission) {
    return dueFrom(admission.deadline()) + account + '|' + admission.id();
  }

  /** What all admissions of that deadline begin with. */
  static String dueFrom(Instant deadline) {
    return "%s%015d|".formatted(DUE, deadline.toEpochMilli());
  }

  static AccountId dueAccount(String key) {
    int begin = key.indexOf('|', DUE.length()) + 1;
    return new AccountId(key.substring(begin, key.indexOf('|', begin)));
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
