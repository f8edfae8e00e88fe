package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.AdmitResponse;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.ReleaseResponse;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.SettleResponse;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.TokenCounts;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One account's history under another policy. Up to the beginning the books are kept as they were;
 * from there on each request is decided anew, and what it used is what it used in history.
 */
final class AccountReplay {
  private static final String ESTIMATE = "estimate";

  private final AccountId account;
  private final Policy tried;
  private final BudgetLedger ledger;
  private final Instant since;
  private final MemoryLedgerState state;
  private final UsageMeans means = new UsageMeans();
  private final Map<RequestId, String> users = new HashMap<>();
  private final Map<RequestId, Outcome> outcomes = new LinkedHashMap<>();
  private final Set<RequestId> refused = new HashSet<>();
  private final Map<String, Money> assumed = new HashMap<>();
  private final Map<String, Request> readmitted = new LinkedHashMap<>();
  private boolean begun;
  private long requests;
  private long nowRefused;
  private long nowAdmitted;
  private Money paid = Money.ZERO;
  private Money wouldPay = Money.ZERO;
  private Money estimated = Money.ZERO;

  AccountReplay(
      AccountId account, Policy tried, BudgetLedger ledger, PriceBook applied, Instant since) {
    this.account = account;
    this.tried = tried;
    this.ledger = ledger;
    this.since = since;
    this.state = new MemoryLedgerState(account, applied);
  }

  /**
   * @throws WhatIfException when the policy could not follow the one in force
   */
  void take(HistoryStep step) {
    if (step.at().isBefore(since)) {
      keep(step);
      return;
    }
    begin();
    if (step instanceof HistoryStep.Asked asked && asked.again()) {
      // The replay decided about it together with the loss of the admission before.
      asked.admissionId().ifPresent(readmitted::remove);
      return;
    }
    settleReadmitted();
    switch (step) {
      case HistoryStep.PolicyInForce ignored -> {
        // The tried policy stands in the place of every other.
      }
      case HistoryStep.Asked asked -> admit(asked);
      case HistoryStep.Paid payment -> pay(payment);
      case HistoryStep.Lost lost -> lose(lost);
      case HistoryStep.Posted posted ->
          apply(
              ledger.decide(
                  new LedgerCommand.Adjust(posted.order(), posted.target(), posted.amount()),
                  state));
    }
  }

  // ---- before the beginning

  private void keep(HistoryStep step) {
    switch (step) {
      case HistoryStep.PolicyInForce(Policy policy, Instant ignored) ->
          state.put(
              new AccountState(
                  account, Optional.of(policy), state.account(account).sequence() + 1));
      case HistoryStep.Asked asked -> users.put(asked.request().id(), asked.request().user());
      case HistoryStep.Paid payment -> learn(payment);
      case HistoryStep.Lost ignored -> {}
      case HistoryStep.Posted posted -> state.put(posted.order());
    }
    step.booked().forEach(booked -> state.put(asItWas(booked)));
  }

  private Balance asItWas(HistoryStep.Booked booked) {
    BudgetKey key = booked.key();
    Optional<Balance> known = state.balance(key);
    if (known.isPresent()) {
      return asItWas(booked, known.get().start(), known.get().end(), known.get().openHolds());
    }
    ZoneId zone = state.account(account).policy().orElse(tried).zone();
    Period period = Period.named(key.periodKind(), key.periodName(), zone);
    return asItWas(booked, period.start(), period.end(), 0);
  }

  private static Balance asItWas(
      HistoryStep.Booked booked, Optional<Instant> start, Optional<Instant> end, int holds) {
    return new Balance(
        booked.key(),
        start,
        end,
        booked.hard(),
        booked.limit(),
        booked.rolledOver(),
        booked.settled(),
        booked.adjusted(),
        booked.held(),
        Math.max(0, holds + booked.heldDelta().amount().signum()),
        Set.of());
  }

  private void learn(HistoryStep.Paid payment) {
    String user = payment.ended() ? users.remove(payment.request()) : null;
    if (user != null) {
      means.add(user, payment.attempts());
    }
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    Optional<Policy> inForce = state.account(account).policy();
    Policy next = tried.version(inForce.map(Policy::version).orElse(0L) + 1);
    Decision<Boolean> decision = ledger.decide(new LedgerCommand.ChangePolicy(next, since), state);
    if (!decision.response()) {
      throw new WhatIfException(
          "account %s cannot be replayed: %s"
              .formatted(
                  account, ((LedgerFact.PolicyRefused) decision.facts().getFirst()).reason()));
    }
    apply(decision);
  }

  // ---- from the beginning on

  private void admit(HistoryStep.Asked asked) {
    requests++;
    Request request = asked.request();
    Decision<AdmitResponse> decision =
        ledger.decide(new LedgerCommand.Admit(request, asked.defects()), state);
    apply(decision);
    boolean was = asked.refusal().isEmpty();
    if (was) {
      users.put(request.id(), request.user());
    }
    switch (decision.response()) {
      case AdmitResponse.Admitted admitted when !was -> {
        nowAdmitted++;
        Money cost = settleByEstimate(request, admitted.admission());
        outcomes.put(request.id(), outcome(asked, Optional.empty(), "", cost));
      }
      case AdmitResponse.Refused no when was -> {
        nowRefused++;
        refused.add(request.id());
        outcomes.put(
            request.id(),
            outcome(
                asked,
                Optional.of(no.refusal().reason().name()),
                no.refusal().message(),
                Money.ZERO));
      }
      case AdmitResponse.Admitted ignored -> {}
      case AdmitResponse.Refused ignored -> {}
      case AdmitResponse.Repeated() -> {}
      case AdmitResponse.Conflicting() -> {}
    }
  }

  private Outcome outcome(
      HistoryStep.Asked asked, Optional<String> wouldBe, String message, Money wouldPay) {
    return new Outcome(
        account,
        asked.request().id(),
        asked.request().user(),
        asked.request().requestedAt(),
        asked.refusal(),
        wouldBe,
        message,
        Money.ZERO,
        wouldPay,
        wouldBe.isEmpty());
  }

  /** The mean use of the user's requests so far; the whole hold where there were none. */
  private Money settleByEstimate(Request request, Admission admission) {
    Candidate model = admission.candidates().getFirst();
    Optional<TokenCounts> usage = means.of(request.user(), model.provider(), model.model());
    Attempt attempt =
        new Attempt(model.provider(), model.model(), true, usage, OptionalInt.empty(), false);
    List<Attempt> attempts =
        Collections.nCopies(usage.isPresent() ? 1 : admission.maxSends(), attempt);
    Money cost = settle(request.id(), admission.id(), ESTIMATE, attempts, true).orElseThrow();
    wouldPay = wouldPay.plus(cost);
    estimated = estimated.plus(cost);
    return cost;
  }

  private void pay(HistoryStep.Paid payment) {
    learn(payment);
    Money before = assumed.getOrDefault(payment.admissionId(), Money.ZERO);
    Money change = payment.ended() ? payment.amount().minus(before) : payment.amount();
    assumed.remove(payment.admissionId());
    paid = paid.plus(change);
    if (refused.contains(payment.request())) {
      outcomes.computeIfPresent(payment.request(), (id, outcome) -> outcome.alsoPaid(change));
      return;
    }
    Optional<Money> cost =
        settle(
            payment.request(),
            payment.admissionId(),
            payment.nonce(),
            payment.attempts(),
            payment.ended());
    if (cost.isEmpty()) {
      asBooked(payment);
    }
    wouldPay = wouldPay.plus(cost.orElse(change));
  }

  /** What the settlement changes the request's cost by; empty for one that is not known. */
  private Optional<Money> settle(
      RequestId request, String admission, String nonce, List<Attempt> attempts, boolean answered) {
    Money before = cost(request);
    Decision<SettleResponse> decision =
        ledger.decide(
            new LedgerCommand.Settle(account, request, admission, nonce, attempts, answered),
            state);
    if (decision.response() instanceof SettleResponse.Unknown) {
      return Optional.empty();
    }
    apply(decision);
    return Optional.of(cost(request).minus(before));
  }

  private Money cost(RequestId request) {
    return state.request(account, request).map(RequestState::cost).orElse(Money.ZERO);
  }

  private void lose(HistoryStep.Lost lost) {
    paid = paid.plus(lost.amount());
    assumed.put(lost.admissionId(), lost.amount());
    if (refused.contains(lost.request())) {
      outcomes.computeIfPresent(lost.request(), (id, outcome) -> outcome.alsoPaid(lost.amount()));
      return;
    }
    Money before = cost(lost.request());
    Decision<ReleaseResponse> decision = release(lost);
    apply(decision);
    switch (decision.response()) {
      case ReleaseResponse.Unknown() -> {
        asBooked(lost);
        wouldPay = wouldPay.plus(lost.amount());
      }
      case ReleaseResponse.Readmitted again -> {
        readmitted.put(again.admission().id(), again.request());
        wouldPay = wouldPay.plus(cost(lost.request()).minus(before));
      }
      case ReleaseResponse.Ended ignored ->
          wouldPay = wouldPay.plus(cost(lost.request()).minus(before));
      case ReleaseResponse.Corrected ignored ->
          wouldPay = wouldPay.plus(cost(lost.request()).minus(before));
      case ReleaseResponse.Ignored() -> {}
    }
  }

  private Decision<ReleaseResponse> release(HistoryStep.Lost lost) {
    if (!lost.expired()) {
      return ledger.decide(
          new LedgerCommand.Interrupt(account, lost.request(), lost.admissionId(), lost.at()),
          state);
    }
    // The tried policy may give a request more time than it had.
    Instant deadline =
        state
            .request(account, lost.request())
            .flatMap(known -> known.allowance(lost.admissionId()))
            .map(allowance -> allowance.admission().deadline())
            .filter(lost.at()::isBefore)
            .orElse(lost.at());
    return ledger.decide(
        new LedgerCommand.Expire(account, lost.request(), lost.admissionId(), deadline), state);
  }

  /** Readmissions that history did not have: nothing was ever generated for them. */
  private void settleReadmitted() {
    for (Map.Entry<String, Request> entry : new ArrayList<>(readmitted.entrySet())) {
      readmitted.remove(entry.getKey());
      state
          .request(account, entry.getValue().id())
          .flatMap(known -> known.allowance(entry.getKey()))
          .ifPresent(allowance -> settleByEstimate(entry.getValue(), allowance.admission()));
    }
  }

  /** A request of before the beginning: its money moves as it did. */
  private void asBooked(HistoryStep step) {
    for (HistoryStep.Booked booked : step.booked()) {
      state
          .balance(booked.key())
          .ifPresent(balance ->
              state.put(
                  balance.changed(
                      booked.settledDelta(),
                      booked.heldDelta(),
                      booked.heldDelta().amount().signum())));
    }
  }

  private void apply(Decision<?> decision) {
    decision.facts().forEach(fact -> ledger.apply(fact, state));
  }

  void finish() {
    settleReadmitted();
  }

  List<Outcome> outcomes() {
    return List.copyOf(outcomes.values());
  }

  Totals totals() {
    return new Totals(
        account, tried.currency(), requests, nowRefused, nowAdmitted, paid, wouldPay, estimated);
  }
}
