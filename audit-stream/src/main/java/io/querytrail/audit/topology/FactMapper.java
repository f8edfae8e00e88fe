package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.PaidAttempt;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Receipt;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.Terms;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.CandidateCeiling;
import io.querytrail.events.ChargedAttempt;
import io.querytrail.events.HoldTerms;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.TokenUsage;
import java.time.Instant;
import java.util.List;

/** Ledger facts as events. */
final class FactMapper {
  private FactMapper() {}

  /**
   * @param account the account's row after the fact
   */
  static LedgerEvent.Builder event(LedgerFact fact, AccountState account, Instant at) {
    LedgerEvent.Builder event =
        LedgerEvent.newBuilder()
            .setAccount(fact.account().value())
            .setSequence(fact.sequence())
            .setAmount(Money.ZERO.amount())
            .setCurrency(account.policy().map(Policy::currency).orElse(null))
            .setPolicyVersion(account.policy().map(Policy::version).orElse(0L))
            .setOccurredAt(at);
    switch (fact) {
      case LedgerFact.Held held ->
          admitted(request(event, held.request().request()), held.request().admission())
              .setKind(LedgerEventKind.HELD)
              .setAmount(held.request().admission().held().amount())
              .setTerms(terms(held.terms()))
              .setChanges(changes(held.changes()));
      case LedgerFact.Refused refused ->
          request(event, refused.request())
              .setKind(LedgerEventKind.REFUSED)
              .setReason(refused.refusal().reason().name())
              .setTerms(refused.refusal().terms().map(FactMapper::terms).orElse(null))
              .setReceipt(refused.refusal().receipt().map(OutboundMapper::receipt).orElse(null))
              .setAmount(
                  refused.refusal().receipt().map(Receipt::asked).orElse(Money.ZERO).amount());
      case LedgerFact.Settled settled ->
          dispatched(
                  admitted(request(event, settled.request()), settled.admission()),
                  settled.dispatch())
              .setKind(LedgerEventKind.SETTLED)
              .setAmount(settled.cost().amount())
              .setChanges(changes(settled.changes()));
      case LedgerFact.Assumed assumed ->
          admitted(request(event, assumed.request()), assumed.admission())
              .setKind(assumed.expired() ? LedgerEventKind.EXPIRED : LedgerEventKind.INTERRUPTED)
              .setAmount(assumed.admission().held().amount())
              .setAttempts(assumed.attempts().stream().map(FactMapper::attempt).toList())
              .setChanges(changes(assumed.changes()));
      case LedgerFact.Corrected corrected ->
          dispatched(
                  admitted(request(event, corrected.request()), corrected.admission()),
                  corrected.dispatch())
              .setKind(LedgerEventKind.CORRECTED)
              .setAmount(corrected.delta().amount())
              .setChanges(changes(corrected.changes()));
      case LedgerFact.ThresholdsReached reached ->
          event
              .setKind(LedgerEventKind.THRESHOLD_REACHED)
              .setRequestId(reached.cause().map(RequestId::value).orElse(null))
              .setReason(reached.percents().toString())
              .setChanges(List.of(unmoved(reached.after())));
      case LedgerFact.Breached breached ->
          event
              .setKind(LedgerEventKind.BREACHED)
              .setRequestId(breached.cause().value())
              .setAmount(breached.balance().committed().minus(breached.balance().limit()).amount())
              .setReason(BalanceKeys.of(breached.balance().key()))
              .setChanges(List.of(unmoved(breached.balance())));
      case LedgerFact.Cancelled cancelled ->
          order(
                  admitted(request(event, cancelled.request()), cancelled.admission()),
                  cancelled.order())
              .setKind(LedgerEventKind.CANCELLED)
              .setReason(cancelled.order().reason())
              .setAmount(cancelled.admission().held().amount())
              .setAttempts(cancelled.attempts().stream().map(FactMapper::attempt).toList())
              .setChanges(changes(cancelled.changes()));
      case LedgerFact.Adjusted adjusted ->
          order(event, adjusted.order())
              .setKind(adjusted.reset() ? LedgerEventKind.RESET : LedgerEventKind.ADJUSTED)
              .setReason(adjusted.order().reason())
              .setAmount(adjusted.change().settledDelta().amount())
              .setChanges(List.of(change(adjusted.change())));
      case LedgerFact.OrderRefused refused ->
          order(event, refused.order())
              .setKind(LedgerEventKind.COMMAND_REFUSED)
              .setReason(refused.why());
      case LedgerFact.PolicyApplied applied ->
          event
              .setKind(LedgerEventKind.POLICY_APPLIED)
              .setPolicyVersion(applied.policy().version())
              .setChanges(changes(applied.changes()));
      case LedgerFact.PolicyRefused(long sequence, AccountId id, long version, String reason) ->
          event.setKind(LedgerEventKind.POLICY_REFUSED).setPolicyVersion(version).setReason(reason);
    }
    return event;
  }

  static BudgetAlert alert(
      LedgerFact.ThresholdsReached reached, int percent, Policy policy, Instant at) {
    Balance balance = reached.after();
    return BudgetAlert.newBuilder()
        .setAlertId(BalanceKeys.of(balance.key()) + '|' + percent)
        .setAccount(policy.account().value())
        .setScope(OutboundMapper.scope(balance.key().scope()))
        .setScopeKey(balance.key().scopeKey())
        .setPeriod(OutboundMapper.period(balance.key().periodKind()))
        .setPeriodName(balance.key().periodName())
        .setKind(OutboundMapper.kind(balance))
        .setThresholdPercent(percent)
        .setCurrency(policy.currency())
        .setLimit(balance.limit().amount())
        .setSettled(balance.settled().amount())
        .setHeld(balance.held().amount())
        .setRequestId(reached.cause().map(RequestId::value).orElse(null))
        .setPolicyVersion(policy.version())
        .setRaisedAt(at)
        .build();
  }

  private static LedgerEvent.Builder request(LedgerEvent.Builder event, Request request) {
    return event
        .setRequestId(request.id().value())
        .setUser(request.user())
        .setTeam(request.team().orElse(null))
        .setDatasource(request.datasource().orElse(null))
        .setRequestedDatasource(request.datasource().orElse(null))
        .setPreferredTier(request.tier().orElse(null))
        .setContentDigest(request.contentDigest())
        .setRequestedAt(request.requestedAt());
  }

  private static LedgerEvent.Builder order(LedgerEvent.Builder event, Order order) {
    return event.setCommandId(order.id()).setRequestedBy(order.by());
  }

  private static LedgerEvent.Builder request(LedgerEvent.Builder event, RequestState state) {
    return switch (state) {
      case RequestState.Open open ->
          event
              .setRequestId(open.id().value())
              .setUser(open.request().user())
              .setTeam(open.request().team().orElse(null))
              .setRequestedAt(open.request().requestedAt());
      case RequestState.Closed closed ->
          event
              .setRequestId(closed.id().value())
              .setUser(closed.user())
              .setTeam(closed.team().orElse(null))
              .setRequestedAt(closed.requestedAt());
    };
  }

  private static LedgerEvent.Builder dispatched(
      LedgerEvent.Builder event, LedgerFact.Dispatch dispatch) {
    return event
        .setDispatchNonce(dispatch.nonce())
        .setAttempts(dispatch.attempts().stream().map(FactMapper::attempt).toList());
  }

  private static LedgerEvent.Builder admitted(LedgerEvent.Builder event, Admission admission) {
    return event
        .setAdmissionId(admission.id())
        .setDatasource(admission.datasource())
        .setPriceVersion(admission.priceVersion());
  }

  private static HoldTerms terms(Terms terms) {
    return new HoldTerms(
        terms.candidates().stream()
            .map(priced ->
                new CandidateCeiling(
                    priced.candidate().provider(),
                    priced.candidate().model(),
                    priced.candidate().tier(),
                    priced.sendCeiling().amount()))
            .toList(),
        terms.maxInputTokens(),
        terms.maxOutputTokens(),
        terms.maxSends(),
        terms.deadline());
  }

  private static ChargedAttempt attempt(PaidAttempt paid) {
    Attempt attempt = paid.attempt();
    return new ChargedAttempt(
        attempt.provider(),
        attempt.model(),
        attempt.sent(),
        attempt.usage().map(FactMapper::usage).orElse(null),
        attempt.httpStatus().isPresent() ? attempt.httpStatus().getAsInt() : null,
        paid.charge().cost().amount(),
        paid.charge().estimated(),
        attempt.batch());
  }

  private static TokenUsage usage(TokenCounts tokens) {
    return new TokenUsage(
        tokens.input(),
        tokens.cachedInput(),
        tokens.cacheWrite(),
        tokens.output(),
        tokens.reasoning());
  }

  /** Names the budget that an event is about. */
  private static BalanceChange unmoved(Balance balance) {
    return change(new LedgerFact.Change(balance, Money.ZERO, Money.ZERO));
  }

  private static List<BalanceChange> changes(List<LedgerFact.Change> changes) {
    return changes.stream().map(FactMapper::change).toList();
  }

  private static BalanceChange change(LedgerFact.Change change) {
    Balance after = change.after();
    return new BalanceChange(
        OutboundMapper.scope(after.key().scope()),
        after.key().scopeKey(),
        OutboundMapper.period(after.key().periodKind()),
        after.key().periodName(),
        after.limit().amount(),
        change.settledDelta().amount(),
        change.heldDelta().amount(),
        after.settled().amount(),
        after.held().amount(),
        OutboundMapper.kind(after),
        after.rolledOver().amount(),
        after.adjusted().amount());
  }
}
