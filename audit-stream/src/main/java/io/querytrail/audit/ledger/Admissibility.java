package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a request may spend: each reason against it in turn, the budgets last. */
sealed interface Admissibility {
  record Accepted(
      Admission admission,
      Terms terms,
      DatasourceRule datasource,
      List<Change> changes,
      List<RateWindow> windows)
      implements Admissibility {}

  record Refused(Refusal refusal) implements Admissibility {}

  /**
   * What is to be admitted.
   *
   * @param datasource that is to be asked; empty for the policy's first
   * @param number of this admission among the request's own
   * @param at moment of the admission: its periods, its prices and its deadline
   */
  record Wanted(Request request, Optional<String> datasource, int number, Instant at) {
    static Wanted first(Request request) {
      return new Wanted(request, request.datasource(), 1, request.requestedAt());
    }
  }

  static Admissibility of(
      Wanted wanted, Optional<Policy> inForce, PriceBook prices, LedgerView view) {
    Request request = wanted.request();
    if (inForce.isEmpty()) {
      return refused(
          Reason.UNKNOWN_ACCOUNT,
          "account %s has no policy; apply one with: querytrail account apply"
              .formatted(request.account()),
          inForce);
    }
    Policy policy = inForce.get();
    if (policy.paused()) {
      return refused(Reason.ACCOUNT_PAUSED, "account " + request.account() + " is paused", inForce);
    }
    Optional<DatasourceRule> datasource = policy.datasource(wanted.datasource());
    if (datasource.isEmpty()) {
      return refused(
          Reason.UNKNOWN_DATASOURCE,
          "datasource %s is not in the policy of account %s; it has %s"
              .formatted(
                  wanted.datasource().orElse(""),
                  request.account(),
                  policy.datasources().stream().map(DatasourceRule::name).toList()),
          inForce);
    }
    Optional<String> tier = request.tier().filter(asked -> policy.routing().honourPreferredTier());
    List<Candidate> candidates = tier.isEmpty() ? policy.models() : ofTier(tier.get(), policy);
    if (candidates.isEmpty()) {
      return refused(
          Reason.NO_MODEL_IN_TIER,
          "the policy of account %s has no model of tier %s"
              .formatted(request.account(), request.tier().orElse("")),
          inForce);
    }
    // A request that is tried again was let in before.
    Optional<Refusal> tooFast =
        wanted.number() == 1 ? Pace.against(policy, request, wanted.at(), view) : Optional.empty();
    if (tooFast.isPresent()) {
      return new Refused(tooFast.get());
    }
    return affordable(wanted, policy, datasource.get(), candidates, prices, view);
  }

  private static List<Candidate> ofTier(String tier, Policy policy) {
    return policy.models().stream().filter(model -> model.tier().equals(tier)).toList();
  }

  private static Admissibility affordable(
      Wanted wanted,
      Policy policy,
      DatasourceRule datasource,
      List<Candidate> candidates,
      PriceBook prices,
      LedgerView view) {
    Optional<Tariff> tariff = Tariff.at(wanted.at(), policy, view.appliedPrices(), prices);
    Optional<List<PricedCandidate>> models =
        tariff.flatMap(found ->
            Pricing.ceilings(found, candidates, policy.maxInputTokens(), policy.maxOutputTokens()));
    if (tariff.isEmpty() || models.isEmpty()) {
      return refused(
          Reason.UNPRICED_MODEL,
          unpriced(tariff, policy, candidates, wanted.at()),
          Optional.of(policy));
    }
    Instant deadline = wanted.at().plus(policy.deadline());
    Room room =
        Room.in(
            new BudgetSelection(
                policy,
                wanted.request(),
                datasource,
                new Periods(wanted.at(), policy.zone()),
                view),
            models.get(),
            policy.maxSends());
    return switch (room) {
      case Room.TooLittle(Balance balance, Money asked) ->
          new Refused(exceeded(balance, asked, policy, Terms.of(policy, models.get(), deadline)));
      case Room.Enough enough -> {
        Admission admission = admission(wanted, deadline, policy, datasource, tariff.get(), enough);
        yield new Accepted(
            admission,
            Terms.of(policy, enough.candidates(), deadline),
            datasource,
            enough.changes(),
            Pace.admitted(admission, wanted.request(), view));
      }
    };
  }

  private static Admission admission(
      Wanted wanted,
      Instant deadline,
      Policy policy,
      DatasourceRule datasource,
      Tariff tariff,
      Room.Enough room) {
    List<Candidate> candidates = new ArrayList<>(room.candidates().size());
    for (PricedCandidate priced : room.candidates()) {
      candidates.add(priced.candidate());
    }
    List<Hold> holds = new ArrayList<>(room.changes().size());
    for (Change change : room.changes()) {
      holds.add(new Hold(change.after().key(), change.heldDelta()));
    }
    return new Admission(
        wanted.request().id().value() + '#' + wanted.number(),
        wanted.number(),
        datasource.name(),
        candidates,
        policy.maxInputTokens(),
        policy.maxOutputTokens(),
        policy.maxSends(),
        wanted.at(),
        deadline,
        room.sendCeiling(),
        room.asked(),
        holds,
        policy.currency(),
        tariff.version(room.candidates()),
        policy.version(),
        policy.rateLimits().any());
  }

  private static Refusal exceeded(Balance balance, Money asked, Policy policy, Terms terms) {
    String message =
        "%s %s has %s of %s %s settled and %s held in %s; this request needs a hold of %s"
            .formatted(
                balance.key().scope().name().toLowerCase(Locale.ROOT),
                balance.key().scopeKey(),
                balance.settled(),
                balance.limit(),
                policy.currency(),
                balance.held(),
                balance.key().periodName(),
                asked);
    return new Refusal(
        Reason.BUDGET_EXCEEDED,
        message,
        Optional.of(new Receipt(balance, asked, policy.currency(), policy.version())),
        Optional.of(terms),
        Optional.empty(),
        OptionalLong.of(policy.version()));
  }

  static Refused refused(Reason reason, String message, Optional<Policy> policy) {
    return new Refused(
        Refusal.of(
            reason,
            message,
            policy.map(known -> OptionalLong.of(known.version())).orElseGet(OptionalLong::empty)));
  }

  private static String unpriced(
      Optional<Tariff> tariff, Policy policy, List<Candidate> candidates, Instant at) {
    if (tariff.isEmpty()) {
      return "no price table in %s is in force at %s; apply one with: querytrail prices apply"
          .formatted(policy.currency(), at);
    }
    List<String> names =
        candidates.stream()
            .filter(model -> tariff.get().price(model.provider(), model.model()).isEmpty())
            .map(Candidate::key)
            .toList();
    return "no price in %s is known at %s for %s; a model without a price is not free, state one with: querytrail prices apply"
        .formatted(policy.currency(), at, String.join(", ", names));
  }
}
