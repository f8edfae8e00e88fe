package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Allowance;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.Charge;
import io.querytrail.audit.ledger.Hold;
import io.querytrail.audit.ledger.PaidAttempt;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RateWindow;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.Requester;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.audit.state.row.AdmissionRow;
import io.querytrail.audit.state.row.AllowanceRow;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.BudgetKeyRow;
import io.querytrail.audit.state.row.CandidateRow;
import io.querytrail.audit.state.row.HoldRow;
import io.querytrail.audit.state.row.PaidAttemptRow;
import io.querytrail.audit.state.row.QuestionRow;
import io.querytrail.audit.state.row.RateRow;
import io.querytrail.audit.state.row.RequestRow;
import io.querytrail.audit.state.row.RequesterRow;
import io.querytrail.audit.state.row.SecondRow;
import io.querytrail.audit.state.row.UsageRow;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Between the ledger's records and the rows of its store. */
final class RowMapper {
  private RowMapper() {}

  static BalanceRow row(Balance balance) {
    return new BalanceRow(
        row(balance.key()),
        balance.start().orElse(null),
        balance.end().orElse(null),
        balance.hard(),
        balance.limit().amount(),
        balance.rolledOver().amount(),
        balance.settled().amount(),
        balance.adjusted().amount(),
        balance.held().amount(),
        balance.openHolds(),
        balance.alerted().stream().sorted().toList());
  }

  static Balance balance(AccountId account, BalanceRow row) {
    return new Balance(
        key(account, row.getKey()),
        Optional.ofNullable(row.getStart()),
        Optional.ofNullable(row.getEnd()),
        row.getHard(),
        new Money(row.getLimit()),
        new Money(row.getRolledOver()),
        new Money(row.getSettled()),
        new Money(row.getAdjusted()),
        new Money(row.getHeld()),
        row.getOpenHolds(),
        Set.copyOf(row.getAlerted()));
  }

  static RequestRow row(RequestState state) {
    List<AllowanceRow> allowances = state.allowances().stream().map(RowMapper::row).toList();
    return switch (state) {
      case RequestState.Open(Request request, List<Allowance> ignored) ->
          new RequestRow(
              request.contentDigest(),
              request.user(),
              request.team().orElse(null),
              request.requestedAt(),
              allowances,
              question(request));
      case RequestState.Closed closed ->
          new RequestRow(
              closed.contentDigest(),
              closed.user(),
              closed.team().orElse(null),
              closed.requestedAt(),
              allowances,
              null);
    };
  }

  static RequestState request(AccountId account, RequestId id, RequestRow row) {
    List<Allowance> allowances =
        row.getAllowances().stream().map(allowance -> allowance(account, allowance)).toList();
    QuestionRow open = row.getOpen();
    if (open != null) {
      return new RequestState.Open(
          new Request(
              account,
              id,
              row.getUser(),
              Optional.ofNullable(row.getTeam()),
              Optional.ofNullable(open.getDatasource()),
              Optional.ofNullable(open.getTier()),
              open.getQuestion(),
              Optional.ofNullable(open.getRequester()).map(RowMapper::requester),
              open.getTags(),
              row.getContentDigest(),
              Optional.ofNullable(open.getTraceId()),
              row.getRequestedAt(),
              open.getPartition(),
              open.getOffset()),
          allowances);
    }
    return new RequestState.Closed(
        account,
        id,
        row.getContentDigest(),
        row.getUser(),
        Optional.ofNullable(row.getTeam()),
        allowances,
        row.getRequestedAt());
  }

  private static QuestionRow question(Request request) {
    return new QuestionRow(
        request.datasource().orElse(null),
        request.tier().orElse(null),
        request.question(),
        request.requester().map(RowMapper::row).orElse(null),
        request.tags(),
        request.traceId().orElse(null),
        request.partition(),
        request.offset());
  }

  private static RequesterRow row(Requester requester) {
    return new RequesterRow(
        requester.role().orElse(null),
        requester.locale().orElse(null),
        requester.timeZone().orElse(null),
        requester.terms());
  }

  private static Requester requester(RequesterRow row) {
    return new Requester(
        Optional.ofNullable(row.getRole()),
        Optional.ofNullable(row.getLocale()),
        Optional.ofNullable(row.getTimeZone()),
        row.getTerms());
  }

  private static AllowanceRow row(Allowance allowance) {
    return new AllowanceRow(
        row(allowance.admission()),
        allowance.status().name(),
        allowance.cost().amount(),
        allowance.nonces(),
        allowance.attempts().stream().map(RowMapper::row).toList());
  }

  private static Allowance allowance(AccountId account, AllowanceRow row) {
    return new Allowance(
        admission(account, row.getAdmission()),
        Allowance.Status.valueOf(row.getStatus()),
        new Money(row.getCost()),
        row.getNonces(),
        row.getAttempts().stream().map(RowMapper::attempt).toList());
  }

  private static PaidAttemptRow row(PaidAttempt paid) {
    Attempt attempt = paid.attempt();
    return new PaidAttemptRow(
        attempt.provider(),
        attempt.model(),
        attempt.sent(),
        attempt
            .usage()
            .map(usage ->
                new UsageRow(
                    usage.input(),
                    usage.cachedInput(),
                    usage.cacheWrite(),
                    usage.output(),
                    usage.reasoning()))
            .orElse(null),
        attempt.httpStatus().isPresent() ? attempt.httpStatus().getAsInt() : null,
        paid.charge().cost().amount(),
        paid.charge().estimated(),
        attempt.batch());
  }

  private static PaidAttempt attempt(PaidAttemptRow row) {
    UsageRow usage = row.getUsage();
    Integer status = row.getHttpStatus();
    return new PaidAttempt(
        new Attempt(
            row.getProvider(),
            row.getModel(),
            row.getSent(),
            usage == null
                ? Optional.empty()
                : Optional.of(
                    new TokenCounts(
                        usage.getInput(),
                        usage.getCachedInput(),
                        usage.getCacheWrite(),
                        usage.getOutput(),
                        usage.getReasoning())),
            status == null ? OptionalInt.empty() : OptionalInt.of(status),
            row.getBatch()),
        new Charge(new Money(row.getCost()), row.getEstimated()));
  }

  private static AdmissionRow row(Admission admission) {
    return new AdmissionRow(
        admission.id(),
        admission.number(),
        admission.datasource(),
        admission.candidates().stream()
            .map(model -> new CandidateRow(model.provider(), model.model(), model.tier()))
            .toList(),
        admission.maxInputTokens(),
        admission.maxOutputTokens(),
        admission.maxSends(),
        admission.admittedAt(),
        admission.deadline(),
        admission.sendCeiling().amount(),
        admission.held().amount(),
        admission.holds().stream()
            .map(hold -> new HoldRow(row(hold.budget()), hold.amount().amount()))
            .toList(),
        admission.currency(),
        admission.priceVersion(),
        admission.policyVersion(),
        admission.paced());
  }

  private static Admission admission(AccountId account, AdmissionRow row) {
    return new Admission(
        row.getId(),
        row.getNumber(),
        row.getDatasource(),
        row.getCandidates().stream()
            .map(model -> new Candidate(model.getProvider(), model.getModel(), model.getTier()))
            .toList(),
        row.getMaxInputTokens(),
        row.getMaxOutputTokens(),
        row.getMaxSends(),
        row.getAdmittedAt(),
        row.getDeadline(),
        new Money(row.getSendCeiling()),
        new Money(row.getHeld()),
        row.getHolds().stream()
            .map(hold -> new Hold(key(account, hold.getBudget()), new Money(hold.getAmount())))
            .toList(),
        row.getCurrency(),
        row.getPriceVersion(),
        row.getPolicyVersion(),
        row.getPaced());
  }

  static RateRow row(RateWindow window) {
    return new RateRow(
        window.seconds().stream()
            .map(second -> new SecondRow(second.second(), second.requests(), second.tokens()))
            .toList(),
        window.inFlight());
  }

  static RateWindow window(RateKey key, RateRow row) {
    return new RateWindow(
        key,
        row.getSeconds().stream()
            .map(second ->
                new RateWindow.Second(second.getSecond(), second.getRequests(), second.getTokens()))
            .toList(),
        row.getInFlight());
  }

  private static BudgetKeyRow row(BudgetKey key) {
    return new BudgetKeyRow(
        key.scope().name(), key.scopeKey(), key.periodKind().name(), key.periodName());
  }

  private static BudgetKey key(AccountId account, BudgetKeyRow row) {
    return new BudgetKey(
        account,
        BudgetScope.valueOf(row.getScope()),
        row.getScopeKey(),
        Period.Kind.valueOf(row.getPeriodKind()),
        row.getPeriodName());
  }
}
