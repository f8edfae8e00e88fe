package io.querytrail.audit.ledger;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.Prices;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The prices of one account at one instant: its own, then those of the table in force. */
final class Tariff implements Prices {
  private static final String OWN = "own";
  private static final String DATED = "dated";

  /** Digits of a digest that tell one set of prices from another. */
  private static final int DIGITS = 16;

  private final PriceTable table;
  private final Policy policy;
  private final Instant at;

  private Tariff(PriceTable table, Policy policy, Instant at) {
    this.table = table;
    this.policy = policy;
    this.at = at;
  }

  /**
   * Empty when no table of the account's currency is in force.
   *
   * @param bundled holds until a table was applied
   */
  static Optional<Tariff> at(Instant at, Policy policy, PriceBook applied, PriceBook bundled) {
    return applied
        .at(at, policy.currency())
        .or(() -> bundled.at(at, policy.currency()))
        .map(table -> new Tariff(table, policy, at));
  }

  @Override
  public Optional<ModelPrice> price(String provider, String model) {
    return Optional.ofNullable(policy.prices().get(provider + ':' + model))
        .or(() -> table.schedule(provider, model).map(schedule -> schedule.at(at)));
  }

  /**
   * What events call these prices: the table's version, and behind it a digest of those prices of
   * the candidates that are not the table's standing ones. So the version and the model say the
   * price, whatever the account and the hour.
   */
  String version(List<Candidate> candidates) {
    ChainContent special = new ChainContent();
    String kind = "";
    for (Candidate candidate : candidates.stream().sorted(Tariff::byName).toList()) {
      String key = candidate.provider() + ':' + candidate.model();
      boolean own = policy.prices().containsKey(key);
      Optional<ModelPrice> price = price(candidate.provider(), candidate.model());
      Optional<ModelPrice> standing =
          table.schedule(candidate.provider(), candidate.model()).map(PriceSchedule::standing);
      if (price.isPresent() && !price.equals(standing)) {
        special.value("model", key).value("price", price.get().text());
        kind = own ? OWN : kind.isEmpty() ? DATED : kind;
      }
    }
    return kind.isEmpty()
        ? table.version()
        : table.version() + '+' + kind + '-' + special.digest().substring(0, DIGITS);
  }

  private static int byName(Candidate a, Candidate b) {
    int byProvider = a.provider().compareTo(b.provider());
    return byProvider == 0 ? a.model().compareTo(b.model()) : byProvider;
  }

  /** The version of the table in a version that {@link #version} gave. */
  static String tableVersion(String version) {
    int special = version.indexOf('+');
    return special < 0 ? version : version.substring(0, special);
  }
}
