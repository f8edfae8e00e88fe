package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts money on attempts, by the price table of the admission. */
final class Pricing {
  private Pricing() {}

  /** The most that one send to each of these models can cost; empty when one has no price. */
  static Optional<List<PricedCandidate>> ceilings(
      PriceTable prices, List<Candidate> candidates, int maxInputTokens, int maxOutputTokens) {
    List<PricedCandidate> ceilings = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      Optional<ModelPrice> price = prices.price(candidate.provider(), candidate.model());
      if (price.isEmpty()) {
        return Optional.empty();
      }
      ceilings.add(
          new PricedCandidate(candidate, price.get().ceiling(maxInputTokens, maxOutputTokens)));
    }
    return Optional.of(ceilings);
  }

  static Money dearest(List<PricedCandidate> candidates) {
    return candidates.stream().map(PricedCandidate::sendCeiling).reduce(Money.ZERO, Money::max);
  }

  static List<Charge> charges(PriceTable prices, Admission admission, List<Attempt> attempts) {
    List<Charge> charges = new ArrayList<>(attempts.size());
    for (Attempt attempt : attempts) {
      charges.add(charge(prices, admission, attempt));
    }
    return charges;
  }

  private static Charge charge(PriceTable prices, Admission admission, Attempt attempt) {
    if (!attempt.sent()) {
      return new Charge(Money.ZERO, false);
    }
    Optional<ModelPrice> price = prices.price(attempt.provider(), attempt.model());
    if (price.isEmpty() || attempt.usage().isEmpty()) {
      return new Charge(admission.sendCeiling(), true);
    }
    return new Charge(price.get().cost(attempt.usage().get()), false);
  }

  static Money sum(List<Charge> charges) {
    return charges.stream().map(Charge::cost).reduce(Money.ZERO, Money::plus);
  }
}
