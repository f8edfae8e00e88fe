package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.Prices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Puts money on attempts, by the prices of the admission. */
final class Pricing {
  private static final Charge NOTHING = new Charge(Money.ZERO, false);

  private Pricing() {}

  /** The most that one send to each of these models can cost; empty when one has no price. */
  static Optional<List<PricedCandidate>> ceilings(
      Prices prices, List<Candidate> candidates, int maxInputTokens, int maxOutputTokens) {
    List<PricedCandidate> ceilings = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      Optional<ModelPrice> price = prices.price(candidate.provider(), candidate.model());
      if (price.isEmpty()) {
        return Optional.empty();
      }
      ceilings.add(
          new PricedCandidate(
              candidate, price.get(), price.get().ceiling(maxInputTokens, maxOutputTokens)));
    }
    return Optional.of(ceilings);
  }

  static List<Charge> charges(Prices prices, Admission admission, List<Attempt> attempts) {
    List<Charge> charges = new ArrayList<>(attempts.size());
    for (Attempt attempt : attempts) {
      charges.add(charge(prices, admission, attempt));
    }
    return charges;
  }

  private static Charge charge(Prices prices, Admission admission, Attempt attempt) {
    if (!attempt.sent()) {
      return NOTHING;
    }
    Optional<ModelPrice> price = prices.price(attempt.provider(), attempt.model());
    if (price.isPresent() && attempt.usage().isPresent()) {
      return new Charge(price.get().cost(attempt.usage().get(), attempt.batch()), false);
    }
    if (attempt.usage().isEmpty() && attempt.turnedAway()) {
      return NOTHING;
    }
    return new Charge(ceiling(price, admission, attempt), true);
  }

  /** Of a model that was never admitted, not less than of the dearest that was. */
  private static Money ceiling(Optional<ModelPrice> price, Admission admission, Attempt attempt) {
    if (price.isEmpty()) {
      return admission.sendCeiling();
    }
    Money own = price.get().ceiling(admission.maxInputTokens(), admission.maxOutputTokens());
    return admission.admits(attempt.modelKey()) ? own : Money.max(own, admission.sendCeiling());
  }

  /** All that the admission allowed, sent to the dearest candidate: together its whole hold. */
  static List<PaidAttempt> assumed(Prices prices, Admission admission) {
    Candidate dearest =
        admission.candidates().stream()
            .filter(candidate ->
                prices
                    .price(candidate.provider(), candidate.model())
                    .map(price ->
                        price.ceiling(admission.maxInputTokens(), admission.maxOutputTokens()))
                    .filter(admission.sendCeiling()::equals)
                    .isPresent())
            .findFirst()
            .orElseGet(admission.candidates()::getFirst);
    Attempt attempt =
        new Attempt(
            dearest.provider(),
            dearest.model(),
            true,
            Optional.empty(),
            OptionalInt.empty(),
            false);
    return Collections.nCopies(
        admission.maxSends(), new PaidAttempt(attempt, new Charge(admission.sendCeiling(), true)));
  }

  /** What the attempts cost one budget: all of them, or in a budget of a model its own. */
  static Money costIn(BudgetKey budget, List<Attempt> attempts, List<Charge> charges) {
    Money cost = Money.ZERO;
    for (int i = 0; i < charges.size(); i++) {
      if (budget.scope() != BudgetScope.MODEL
          || budget.scopeKey().equals(attempts.get(i).modelKey())) {
        cost = cost.plus(charges.get(i).cost());
      }
    }
    return cost;
  }

  static Money sum(List<Charge> charges) {
    Money sum = Money.ZERO;
    for (Charge charge : charges) {
      sum = sum.plus(charge.cost());
    }
    return sum;
  }
}
