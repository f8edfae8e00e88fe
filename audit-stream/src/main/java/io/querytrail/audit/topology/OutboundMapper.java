package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.AdmitResponse;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.Charge;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Receipt;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.events.AttemptPurpose;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetReceipt;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** From what the ledger and the safety check say to events. */
final class OutboundMapper {
  private OutboundMapper() {}

  static QueryAdmitted admitted(QueryRequested event, AdmitResponse.Admitted response) {
    Admission admission = response.admission();
    return QueryAdmitted.newBuilder()
        .setRequestId(event.getRequestId())
        .setAccount(event.getAccount())
        .setUser(event.getUser())
        .setTeam(event.getTeam())
        .setDatasource(admission.datasource())
        .setQuestion(event.getQuestion())
        .setContext(event.getContext())
        .setPreferredTier(event.getPreferredTier())
        .setAdmissionId(admission.id())
        .setAdmission(admission.number())
        .setCandidates(
            admission.candidates().stream()
                .map(model -> new ModelCandidate(model.provider(), model.model(), model.tier()))
                .toList())
        .setMaxInputTokens(admission.maxInputTokens())
        .setMaxOutputTokens(admission.maxOutputTokens())
        .setMaxSends(admission.maxSends())
        .setDeadline(admission.deadline())
        .setHeld(admission.held().amount())
        .setCurrency(admission.currency())
        .setPriceVersion(admission.priceVersion())
        .setPolicyVersion(admission.policyVersion())
        .setSchemas(response.datasource().schemas())
        .setRowCap(response.datasource().rowCap())
        .setRequestedAt(response.request().requestedAt())
        .build();
  }

  /** The same attempts with the charges that the ledger put on them, in the same order. */
  static List<PricedAttempt> priced(
      List<ModelAttempt> attempts, List<Charge> charges, boolean correction) {
    List<PricedAttempt> priced = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      Charge charge = charges.get(i);
      priced.add(
          new PricedAttempt(
              attempts.get(i), charge.cost().amount(), charge.estimated(), correction));
    }
    return priced;
  }

  /**
   * What a generator may have sent before it was interrupted: all that it was allowed, at the first
   * model.
   */
  static List<ModelAttempt> assumed(Admission admission) {
    Candidate first = admission.candidates().getFirst();
    List<ModelAttempt> attempts = new ArrayList<>();
    for (int number = 1; number <= admission.maxSends(); number++) {
      attempts.add(
          ModelAttempt.newBuilder()
              .setNumber(number)
              .setProvider(first.provider())
              .setModel(first.model())
              .setPurpose(AttemptPurpose.UNKNOWN)
              .setSent(true)
              .setStartedAt(admission.deadline())
              .setLatencyMillis(0)
              .setErrorType("interrupted")
              .build());
    }
    return attempts;
  }

  static List<RuleViolation> violations(List<Judgement.Violation> violations) {
    return violations.stream()
        .map(violation ->
            new RuleViolation(
                violation.rule(),
                violation.warning() ? Severity.WARN : Severity.REJECT,
                violation.message(),
                boxed(violation.position())))
        .toList();
  }

  private static @Nullable Integer boxed(OptionalInt position) {
    return position.isPresent() ? position.getAsInt() : null;
  }

  static BudgetReceipt receipt(Receipt receipt) {
    Balance balance = receipt.balance();
    return new BudgetReceipt(
        scope(balance.key().scope()),
        balance.key().scopeKey(),
        period(balance.key().periodKind()),
        balance.key().periodName(),
        balance.end().orElse(null),
        receipt.currency(),
        balance.limit().amount(),
        balance.settled().amount(),
        balance.held().amount(),
        receipt.asked().amount(),
        receipt.policyVersion());
  }

  static BudgetBalance balance(
      Balance balance, String currency, long policyVersion, long sequence, Instant at) {
    return new BudgetBalance(
        balance.key().account().value(),
        scope(balance.key().scope()),
        balance.key().scopeKey(),
        period(balance.key().periodKind()),
        balance.key().periodName(),
        balance.start().orElse(null),
        balance.end().orElse(null),
        kind(balance),
        currency,
        balance.limit().amount(),
        balance.settled().amount(),
        balance.held().amount(),
        balance.openHolds(),
        policyVersion,
        sequence,
        at,
        balance.rolledOver().amount(),
        balance.adjusted().amount(),
        balance.alerted().stream().sorted().toList());
  }

  static BudgetKind kind(Balance balance) {
    return balance.hard() ? BudgetKind.HARD : BudgetKind.SOFT;
  }

  static io.querytrail.events.BudgetScope scope(BudgetScope scope) {
    return switch (scope) {
      case ACCOUNT -> io.querytrail.events.BudgetScope.ACCOUNT;
      case TEAM -> io.querytrail.events.BudgetScope.TEAM;
      case USER -> io.querytrail.events.BudgetScope.USER;
      case DATASOURCE -> io.querytrail.events.BudgetScope.DATASOURCE;
    };
  }

  static BudgetPeriod period(Period.Kind kind) {
    return switch (kind) {
      case DAY -> BudgetPeriod.DAY;
      case MONTH -> BudgetPeriod.MONTH;
      case TOTAL -> BudgetPeriod.TOTAL;
    };
  }
}
