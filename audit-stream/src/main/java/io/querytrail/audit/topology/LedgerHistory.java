package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetTarget;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.whatif.HistoryStep;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.ChargedAttempt;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the ledger's history for a replay. */
public final class LedgerHistory {
  private LedgerHistory() {}

  /**
   * What the event means for a replay; empty for one that only tells of others.
   *
   * @param at append time of the event
   */
  public static Optional<HistoryStep> step(LedgerEvent event, Instant at) {
    AccountId account = new AccountId(event.getAccount());
    return switch (event.getKind()) {
      case HELD, REFUSED -> Optional.of(asked(event, account, at));
      case SETTLED, CORRECTED ->
          Optional.of(
              new HistoryStep.Paid(
                  account,
                  request(event),
                  text(event.getAdmissionId()),
                  text(event.getDispatchNonce()),
                  event.getAttempts().stream().map(LedgerHistory::attempt).toList(),
                  event.getKind() == LedgerEventKind.SETTLED,
                  new Money(event.getAmount()),
                  at,
                  booked(event, account)));
      case INTERRUPTED, EXPIRED, CANCELLED ->
          Optional.of(
              new HistoryStep.Lost(
                  account,
                  request(event),
                  text(event.getAdmissionId()),
                  event.getKind() != LedgerEventKind.INTERRUPTED,
                  new Money(event.getAmount()),
                  at,
                  booked(event, account)));
      case POLICY_APPLIED ->
          Optional.ofNullable(event.getPolicy())
              .map(policy -> new HistoryStep.PolicyInForce(policy(policy), at));
      case ADJUSTED, RESET -> Optional.of(posted(event, account, at));
      case POLICY_REFUSED, THRESHOLD_REACHED, BREACHED, COMMAND_REFUSED, UNKNOWN ->
          Optional.empty();
    };
  }

  /**
   * A policy as the ledger understands it.
   *
   * @throws IllegalArgumentException when it cannot work; the message says what is wrong with it
   */
  public static Policy policy(AccountPolicy event) {
    return InboundMapper.policy(event);
  }

  private static HistoryStep asked(LedgerEvent event, AccountId account, Instant at) {
    String reason = event.getKind() == LedgerEventKind.REFUSED ? text(event.getReason()) : null;
    String admission = event.getAdmissionId();
    Request request =
        new Request(
            account,
            request(event),
            text(event.getUser()),
            Optional.ofNullable(event.getTeam()),
            Optional.ofNullable(event.getRequestedDatasource()),
            Optional.ofNullable(event.getPreferredTier()),
            "",
            Optional.empty(),
            Map.of(),
            text(event.getContentDigest()),
            Optional.empty(),
            Objects.requireNonNullElse(event.getRequestedAt(), event.getOccurredAt()),
            0,
            0);
    return new HistoryStep.Asked(
        request,
        Optional.ofNullable(reason),
        Reason.INVALID_REQUEST.name().equals(reason)
            ? List.of("it was not well formed")
            : List.of(),
        Optional.ofNullable(admission),
        admission != null && !admission.endsWith("#1"),
        at,
        booked(event, account));
  }

  private static HistoryStep posted(LedgerEvent event, AccountId account, Instant at) {
    BalanceChange change = event.getChanges().getFirst();
    BudgetKey key = key(change, account);
    return new HistoryStep.Posted(
        new Order(
            account,
            text(event.getCommandId()),
            text(event.getRequestedBy()),
            text(event.getReason()),
            at),
        new BudgetTarget(
            key.scope(), key.scopeKey(), key.periodKind(), Optional.of(key.periodName())),
        event.getKind() == LedgerEventKind.RESET
            ? Optional.empty()
            : Optional.of(new Money(event.getAmount())),
        booked(event, account));
  }

  private static List<HistoryStep.Booked> booked(LedgerEvent event, AccountId account) {
    return event.getChanges().stream()
        .map(change ->
            new HistoryStep.Booked(
                key(change, account),
                change.getKind() == BudgetKind.HARD,
                new Money(change.getLimit()),
                new Money(change.getRolledOver()),
                new Money(change.getAdjusted()),
                new Money(change.getSettledDelta()),
                new Money(change.getHeldDelta()),
                new Money(change.getSettled()),
                new Money(change.getHeld())))
        .toList();
  }

  private static BudgetKey key(BalanceChange change, AccountId account) {
    return new BudgetKey(
        account,
        InboundMapper.scope(change.getScope()),
        change.getScopeKey(),
        InboundMapper.period(change.getPeriod()),
        change.getPeriodName());
  }

  private static Attempt attempt(ChargedAttempt attempt) {
    return new Attempt(
        attempt.getProvider(),
        attempt.getModel(),
        attempt.getSent(),
        Optional.ofNullable(attempt.getUsage()).flatMap(InboundMapper::tokens),
        InboundMapper.optional(attempt.getHttpStatus()),
        attempt.getBatch());
  }

  private static RequestId request(LedgerEvent event) {
    return new RequestId(text(event.getRequestId()));
  }

  /** Never missing in an event of its kind; an event without it is of no use to a replay. */
  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
