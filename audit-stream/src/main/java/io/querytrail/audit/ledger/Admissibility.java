package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a request may spend: each reason against it in turn, the budgets last. */
sealed interface Admissibility {
  record Accepted(
      Admission admission,
      List<PricedCandidate> ceilings,
      DatasourceRule datasource,
      List<Balance> balances)
      implements Admissibility {}

  record Refused(Refusal refusal) implements Admissibility {}

  static Admissibility of(
      LedgerCommand.Admit command, Optional<Policy> inForce, PriceBook prices, LedgerView view) {
    Request request = command.request();
    if (!command.defects().isEmpty()) {
      return refused(Reason.INVALID_REQUEST, String.join("; ", command.defects()), inForce);
    }
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
    Optional<DatasourceRule> datasource = policy.datasource(request.datasource());
    if (datasource.isEmpty()) {
      return refused(
          Reason.UNKNOWN_DATASOURCE,
          "datasource %s is not in the policy of account %s; it has %s"
              .formatted(
                  request.datasource().orElse(""),
                  request.account(),
                  policy.datasources().stream().map(DatasourceRule::name).toList()),
          inForce);
    }
    List<Candidate> candidates =
        policy.models().stream()
            .filter(model -> request.tier().isEmpty() || model.tier().equals(request.tier().get()))
            .toList();
    if (candidates.isEmpty()) {
      return refused(
          Reason.NO_MODEL_IN_TIER,
          "the policy of account %s has no model of tier %s"
              .formatted(request.account(), request.tier().orElse("")),
          inForce);
    }
    return priced(request, policy, datasource.get(), candidates, prices, view);
  }

  private static Admissibility priced(
      Request request,
      Policy policy,
      DatasourceRule datasource,
      List<Candidate> candidates,
      PriceBook prices,
      LedgerView view) {
    Optional<PriceTable> table = prices.at(request.requestedAt());
    Optional<List<PricedCandidate>> ceilings =
        table
            .filter(found -> found.currency().equals(policy.currency()))
            .flatMap(found ->
                Pricing.ceilings(
                    found, candidates, policy.maxInputTokens(), policy.maxOutputTokens()));
    if (table.isEmpty() || ceilings.isEmpty()) {
      return refused(
          Reason.UNPRICED_MODEL,
          "no price in %s is known at %s for one of %s"
              .formatted(policy.currency(), request.requestedAt(), names(candidates)),
          Optional.of(policy));
    }
    Money sendCeiling = Pricing.dearest(ceilings.get());
    Money asked = sendCeiling.times(policy.maxSends());
    Instant deadline = request.requestedAt().plus(policy.deadline());
    List<Balance> balances =
        BudgetSelection.of(policy, request, datasource, request.requestedAt(), view);
    for (Balance balance : balances) {
      if (balance.hard() && !balance.fits(asked)) {
        return new Refused(
            exceeded(balance, asked, policy, Terms.of(policy, ceilings.get(), deadline)));
      }
    }
    return new Accepted(
        new Admission(
            request.id() + "#1",
            1,
            datasource.name(),
            candidates,
            policy.maxInputTokens(),
            policy.maxOutputTokens(),
            policy.maxSends(),
            deadline,
            sendCeiling,
            asked,
            balances.stream().map(Balance::key).toList(),
            policy.currency(),
            table.get().version(),
            policy.version()),
        ceilings.get(),
        datasource,
        balances);
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
        OptionalLong.of(policy.version()));
  }

  private static Refused refused(Reason reason, String message, Optional<Policy> policy) {
    return new Refused(
        Refusal.of(
            reason,
            message,
            policy.map(known -> OptionalLong.of(known.version())).orElseGet(OptionalLong::empty)));
  }

  private static List<String> names(List<Candidate> candidates) {
    return candidates.stream()
        .map(candidate -> candidate.provider() + ':' + candidate.model())
        .toList();
  }
}
