package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Charge;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.PaidAttempt;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Receipt;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.Requester;
import io.querytrail.audit.ledger.Routing;
import io.querytrail.audit.money.TokenCounts;
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
import io.querytrail.events.RequesterContext;
import io.querytrail.events.RoutingMode;
import io.querytrail.events.RoutingPolicy;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import io.querytrail.events.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** From what the ledger and the safety check say to events. */
final class OutboundMapper {
  private static final String INTERRUPTED = "interrupted";

  private OutboundMapper() {}

  static QueryAdmitted admitted(
      Request request, Admission admission, DatasourceRule datasource, Routing routing) {
    return QueryAdmitted.newBuilder()
        .setRequestId(request.id().value())
        .setAccount(request.account().value())
        .setUser(request.user())
        .setTeam(request.team().orElse(null))
        .setDatasource(admission.datasource())
        .setQuestion(request.question())
        .setContext(request.requester().map(OutboundMapper::context).orElse(null))
        .setPreferredTier(request.tier().orElse(null))
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
        .setSchemas(datasource.schemas())
        .setRowCap(datasource.rowCap())
        .setRouting(routing.equals(Routing.DEFAULTS) ? null : routing(routing))
        .setExtraFunctions(datasource.safety().extraFunctions().stream().sorted().toList())
        .setRuleSeverities(datasource.safety().severities())
        .setRequestedAt(request.requestedAt())
        .build();
  }

  private static RoutingPolicy routing(Routing routing) {
    return RoutingPolicy.newBuilder()
        .setMode(
            switch (routing.mode()) {
              case QUESTION -> RoutingMode.QUESTION;
              case ORDER -> RoutingMode.ORDER;
              case CHEAP -> RoutingMode.CHEAP;
              case STRONG -> RoutingMode.STRONG;
            })
        .setHonourPreferredTier(routing.honourPreferredTier())
        .setStrongWords(routing.strongWords().orElse(null))
        .setCheapWords(routing.cheapWords().orElse(null))
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

  /** Attempts of admissions that ended before: as much of them as the ledger keeps. */
  static List<PricedAttempt> paid(
      List<PaidAttempt> attempts, Instant startedBefore, boolean correction) {
    List<PricedAttempt> priced = new ArrayList<>(attempts.size());
    for (PaidAttempt paid : attempts) {
      priced.add(
          new PricedAttempt(
              attempt(priced.size() + 1, paid.attempt(), startedBefore),
              paid.charge().cost().amount(),
              paid.charge().estimated(),
              correction));
    }
    return priced;
  }

  private static ModelAttempt attempt(int number, Attempt attempt, Instant startedBefore) {
    OptionalInt status = attempt.httpStatus();
    return ModelAttempt.newBuilder()
        .setNumber(number)
        .setProvider(attempt.provider())
        .setModel(attempt.model())
        .setPurpose(AttemptPurpose.UNKNOWN)
        .setSent(attempt.sent())
        .setStartedAt(startedBefore)
        .setLatencyMillis(0)
        .setErrorType(attempt.usage().isPresent() ? null : INTERRUPTED)
        .setHttpStatus(status.isPresent() ? status.getAsInt() : null)
        .setUsage(attempt.usage().map(OutboundMapper::usage).orElse(null))
        .build();
  }

  private static TokenUsage usage(TokenCounts tokens) {
    return new TokenUsage(
        tokens.input(),
        tokens.cachedInput(),
        tokens.cacheWrite(),
        tokens.output(),
        tokens.reasoning());
  }

  private static RequesterContext context(Requester requester) {
    return new RequesterContext(
        requester.role().orElse(null),
        requester.locale().orElse(null),
        requester.timeZone().orElse(null),
        requester.terms());
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
      case MODEL -> io.querytrail.events.BudgetScope.MODEL;
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
