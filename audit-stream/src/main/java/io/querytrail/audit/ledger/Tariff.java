package io.querytrail.audit.ledger;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.Prices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The prices of one account at one instant: its own, then those of the table in force. */
final class Tariff implements Prices {
  private static final String OWN = "own";
  private static final String DATED = "dated";

  /** Digits of a digest that tell one set of prices from another. */
  private static final int DIGITS = 16;

  private static final Comparator<PricedCandidate> BY_NAME =
      Comparator.comparing((PricedCandidate priced) -> priced.candidate().provider())
          .thenComparing(priced -> priced.candidate().model());

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
    return inForce(at, policy.currency(), applied, bundled)
        .map(table -> new Tariff(table, policy, at));
  }

  /** The table that prices admissions of that moment; one that was applied goes first. */
  static Optional<PriceTable> inForce(
      Instant at, String currency, PriceBook applied, PriceBook bundled) {
    return applied.at(at, currency).or(() -> bundled.at(at, currency));
  }

  @Override
  public Optional<ModelPrice> price(String provider, String model) {
    Optional<ModelPrice> own = own(provider, model);
    if (own.isPresent()) {
      return own;
    }
    Optional<PriceSchedule> schedule = table.schedule(provider, model);
    return schedule.isPresent() ? Optional.of(schedule.get().at(at)) : Optional.empty();
  }

  private Optional<ModelPrice> own(String provider, String model) {
    return policy.prices().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(policy.prices().get(Candidate.key(provider, model)));
  }

  /**
   * What events call these prices: the table's version, and behind it a digest of those prices of
   * the candidates that are not the table's standing ones. So the version and the model say the
   * price, whatever the account and the hour.
   */
  String version(List<PricedCandidate> candidates) {
    List<PricedCandidate> special = new ArrayList<>(0);
    for (PricedCandidate priced : candidates) {
      if (!isStanding(priced)) {
        special.add(priced);
      }
    }
    return special.isEmpty() ? table.version() : table.version() + '+' + digest(special);
  }

  private boolean isStanding(PricedCandidate priced) {
    Candidate candidate = priced.candidate();
    Optional<PriceSchedule> schedule = table.schedule(candidate.provider(), candidate.model());
    return schedule.isPresent() && schedule.get().standing().equals(priced.price());
  }

  private String digest(List<PricedCandidate> special) {
    special.sort(BY_NAME);
    ChainContent content = new ChainContent();
    String kind = DATED;
    for (PricedCandidate priced : special) {
      Candidate candidate = priced.candidate();
      content.value("model", candidate.key()).value("price", priced.price().text());
      kind = own(candidate.provider(), candidate.model()).isPresent() ? OWN : kind;
    }
    return kind + '-' + content.digest().substring(0, DIGITS);
  }

  /** The version of the table in a version that {@link #version} gave. */
  static String tableVersion(String version) {
    int special = version.indexOf('+');
    return special < 0 ? version : version.substring(0, special);
  }
}
