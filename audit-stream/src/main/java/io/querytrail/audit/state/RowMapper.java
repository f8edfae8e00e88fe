package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.state.row.AdmissionRow;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.BudgetKeyRow;
import io.querytrail.audit.state.row.CandidateRow;
import io.querytrail.audit.state.row.QuestionRow;
import io.querytrail.audit.state.row.RequestRow;
import java.util.List;
import java.util.Optional;
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
    return switch (state) {
      case RequestState.Open(Request request, Admission admission) ->
          new RequestRow(
              request.contentDigest(),
              request.user(),
              request.team().orElse(null),
              request.requestedAt(),
              row(admission),
              question(request),
              null,
              List.of());
      case RequestState.Closed closed ->
          new RequestRow(
              closed.contentDigest(),
              closed.user(),
              closed.team().orElse(null),
              closed.requestedAt(),
              closed.admission().map(RowMapper::row).orElse(null),
              null,
              closed.cost().amount(),
              closed.nonces());
    };
  }

  static RequestState request(AccountId account, RequestId id, RequestRow row) {
    Optional<Admission> admission =
        Optional.ofNullable(row.getAdmission()).map(found -> admission(account, found));
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
              open.getTags(),
              row.getContentDigest(),
              Optional.ofNullable(open.getTraceId()),
              row.getRequestedAt(),
              open.getPartition(),
              open.getOffset()),
          admission.orElseThrow());
    }
    return new RequestState.Closed(
        account,
        id,
        row.getContentDigest(),
        row.getUser(),
        Optional.ofNullable(row.getTeam()),
        admission,
        new Money(row.getCost()),
        row.getNonces(),
        row.getRequestedAt());
  }

  private static QuestionRow question(Request request) {
    return new QuestionRow(
        request.datasource().orElse(null),
        request.tier().orElse(null),
        request.question(),
        request.tags(),
        request.traceId().orElse(null),
        request.partition(),
        request.offset());
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
        admission.deadline(),
        admission.sendCeiling().amount(),
        admission.held().amount(),
        admission.heldIn().stream().map(RowMapper::row).toList(),
        admission.currency(),
        admission.priceVersion(),
        admission.policyVersion());
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
        row.getDeadline(),
        new Money(row.getSendCeiling()),
        new Money(row.getHeld()),
        row.getHeldIn().stream().map(key -> key(account, key)).toList(),
        row.getCurrency(),
        row.getPriceVersion(),
        row.getPolicyVersion());
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
