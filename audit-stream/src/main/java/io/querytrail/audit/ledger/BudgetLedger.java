package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what may be spent. Every {@code decide} only looks and answers with facts; {@link #apply}
 * alone changes the state. Neither knows a clock, a topic or a database, so the same history gives
 * the same state, live and in a replay.
 *
 * <p>All commands of one account must come from one thread, in log order: that, and nothing else,
 * is what keeps {@code settled + held <= limit} true without locks.
 */
public final class BudgetLedger {
  private static final BigDecimal PERCENT = new BigDecimal("0.01");

  private final PriceBook prices;

  public BudgetLedger(PriceBook prices) {
    this.prices = prices;
  }

  /** May this request spend? Money for the dearest outcome is held before anything is spent. */
  public Decision<AdmitResponse> decide(LedgerCommand.Admit command, LedgerView view) {
    Request request = command.request();
    Optional<RequestState> known = view.request(request.account(), request.id());
    if (known.isPresent()) {
      boolean same = known.get().contentDigest().equals(request.contentDigest());
      return Decision.of(same ? new AdmitResponse.Repeated() : new AdmitResponse.Conflicting());
    }
    AccountState account = view.account(request.account());
    return switch (Admissibility.of(command, account.policy(), prices, view)) {
      case Admissibility.Refused(Refusal refusal) ->
          new Decision<>(
              List.of(new LedgerFact.Refused(account.sequence() + 1, request, refusal)),
              new AdmitResponse.Refused(request, refusal));
      case Admissibility.Accepted(
              Admission admission,
              List<PricedCandidate> ceilings,
              DatasourceRule datasource,
              List<Balance> balances) ->
          new Decision<>(
              List.of(held(account, new RequestState.Open(request, admission), ceilings, balances)),
              new AdmitResponse.Admitted(request, admission, datasource));
    };
  }

  private static LedgerFact held(
      AccountState account,
      RequestState.Open open,
      List<PricedCandidate> ceilings,
      List<Balance> balances) {
    Money held = open.admission().held();
    List<Change> changes =
        balances.stream()
            .map(balance -> new Change(balance.changed(Money.ZERO, held, 1), Money.ZERO, held))
            .toList();
    return new LedgerFact.Held(
        account.sequence() + 1, open, Terms.of(open.admission(), ceilings), changes);
  }

  /**
   * Charges what a dispatch used, and gives back the rest of the hold if this is the request's
   * first outcome.
   */
  public Decision<SettleResponse> decide(LedgerCommand.Settle command, LedgerView view) {
    Optional<RequestState> known = view.request(command.account(), command.request());
    AccountState account = view.account(command.account());
    return switch (known.orElse(null)) {
      case null -> Decision.of(new SettleResponse.Unknown());
      case RequestState.Open open -> settle(command, open, account, view);
      case RequestState.Closed closed -> correct(command, closed, account, view);
    };
  }

  private Decision<SettleResponse> settle(
      LedgerCommand.Settle command, RequestState.Open open, AccountState account, LedgerView view) {
    Admission admission = open.admission();
    List<Charge> charges = Pricing.charges(table(admission), admission, command.attempts());
    Money cost = Pricing.sum(charges);
    List<Change> changes = changes(admission, cost, admission.held().negated(), -1, account, view);
    Facts facts = new Facts(account);
    facts.add(
        new LedgerFact.Settled(
            facts.next(),
            open.settled(command.nonce(), cost),
            dispatch(command, charges),
            cost,
            changes));
    facts.addConsequences(Optional.of(command.request()), changes, account.policy());
    return new Decision<>(facts.list, new SettleResponse.Settled(open, charges, cost));
  }

  private Decision<SettleResponse> correct(
      LedgerCommand.Settle command,
      RequestState.Closed closed,
      AccountState account,
      LedgerView view) {
    if (closed.admission().isEmpty()) {
      return Decision.of(new SettleResponse.Unknown());
    }
    if (closed.nonces().contains(command.nonce())) {
      return Decision.of(new SettleResponse.Repeated());
    }
    Admission admission = closed.admission().get();
    List<Charge> charges = Pricing.charges(table(admission), admission, command.attempts());
    Money delta = Pricing.sum(charges);
    List<Change> changes = changes(admission, delta, Money.ZERO, 0, account, view);
    RequestState.Closed corrected = closed.corrected(command.nonce(), delta);
    Facts facts = new Facts(account);
    facts.add(
        new LedgerFact.Corrected(
            facts.next(), corrected, dispatch(command, charges), delta, changes));
    facts.addConsequences(Optional.of(command.request()), changes, account.policy());
    return new Decision<>(facts.list, new SettleResponse.Corrected(corrected, charges, delta));
  }

  private static LedgerFact.Dispatch dispatch(LedgerCommand.Settle command, List<Charge> charges) {
    return new LedgerFact.Dispatch(command.nonce(), PaidAttempt.of(command.attempts(), charges));
  }

  /** Posts an amount to a budget in a person's name, once for each command. */
  public Decision<OrderResponse> decide(LedgerCommand.Adjust command, LedgerView view) {
    Order order = command.order();
    if (view.answered(order.account(), order.id())) {
      return Decision.of(new OrderResponse.Repeated());
    }
    AccountState account = view.account(order.account());
    return switch (Posting.of(command, account, view)) {
      case Posting.Impossible(String why) -> refuse(order, why, view);
      case Posting.Possible(boolean reset, Change change) -> {
        Facts facts = new Facts(account);
        LedgerFact.Adjusted adjusted = new LedgerFact.Adjusted(facts.next(), order, reset, change);
        facts.add(adjusted);
        facts.addConsequences(Optional.empty(), List.of(change), account.policy());
        yield new Decision<>(facts.list, new OrderResponse.Adjusted(adjusted));
      }
    };
  }

  /** A command that cannot even be read is refused all the same, once. */
  public Decision<OrderResponse> refuse(Order order, String why, LedgerView view) {
    if (view.answered(order.account(), order.id())) {
      return Decision.of(new OrderResponse.Repeated());
    }
    long sequence = view.account(order.account()).sequence() + 1;
    return new Decision<>(
        List.of(new LedgerFact.OrderRefused(sequence, order, why)), new OrderResponse.Refused(why));
  }

  /** Takes a policy that is newer than the one in force. */
  public Decision<Boolean> decide(LedgerCommand.ChangePolicy command, LedgerView view) {
    Policy wanted = command.policy();
    AccountState account = view.account(wanted.account());
    Optional<String> against = PolicyChange.reasonAgainst(account.policy(), wanted);
    long sequence = account.sequence() + 1;
    return against.isEmpty()
        ? new Decision<>(List.of(new LedgerFact.PolicyApplied(sequence, wanted)), true)
        : new Decision<>(
            List.of(
                new LedgerFact.PolicyRefused(
                    sequence, wanted.account(), wanted.version(), against.get())),
            false);
  }

  /**
   * A policy that cannot even be read is refused all the same, so that whoever sent it hears why.
   */
  public Decision<Boolean> refusePolicy(
      AccountId id, long version, String reason, LedgerView view) {
    long sequence = view.account(id).sequence() + 1;
    return new Decision<>(
        List.of(new LedgerFact.PolicyRefused(sequence, id, version, reason)), false);
  }

  /** Makes a fact true. Facts must be applied in their order, each once. */
  public void apply(LedgerFact fact, LedgerState state) {
    AccountState account = state.account(fact.account());
    Optional<Policy> policy = account.policy();
    switch (fact) {
      case LedgerFact.Held held -> {
        held.changes().forEach(change -> state.put(change.after()));
        state.put(held.request());
      }
      case LedgerFact.Refused refused -> state.put(RequestState.Closed.refused(refused.request()));
      case LedgerFact.Settled settled -> {
        settled.changes().forEach(change -> state.put(change.after()));
        state.put(settled.request());
      }
      case LedgerFact.Corrected corrected -> {
        corrected.changes().forEach(change -> state.put(change.after()));
        state.put(corrected.request());
      }
      case LedgerFact.Adjusted adjusted -> {
        state.put(adjusted.change().after());
        state.put(adjusted.order());
      }
      case LedgerFact.OrderRefused refused -> state.put(refused.order());
      case LedgerFact.ThresholdsReached reached -> state.put(reached.after());
      case LedgerFact.PolicyApplied applied -> policy = Optional.of(applied.policy());
      case LedgerFact.Breached breached -> {
        // A declaration: the balance was changed by the fact before it.
      }
      case LedgerFact.PolicyRefused refused -> {
        // Only the sequence moves.
      }
    }
    state.put(new AccountState(account.account(), policy, fact.sequence()));
  }

  private PriceTable table(Admission admission) {
    return prices
        .version(admission.priceVersion())
        .orElseThrow(() ->
            new IllegalStateException(
                "price version "
                    + admission.priceVersion()
                    + " is gone: a price table must be kept while requests of it are open"));
  }

  private static List<Change> changes(
      Admission admission,
      Money settledDelta,
      Money heldDelta,
      int holdsDelta,
      AccountState account,
      LedgerView view) {
    List<Change> changes = new ArrayList<>();
    for (BudgetKey key : admission.heldIn()) {
      Balance balance =
          view.balance(key).orElseThrow(() -> new IllegalStateException("no balance of " + key));
      Balance current =
          account
              .policy()
              .flatMap(policy ->
                  BudgetSelection.rule(policy, key.scope(), key.scopeKey(), key.periodKind())
                      .map(rule -> balance.under(rule, policy, view)))
              .orElse(balance);
      changes.add(
          new Change(
              current.changed(settledDelta, heldDelta, holdsDelta), settledDelta, heldDelta));
    }
    return changes;
  }

  /** Facts of one decision, numbered as they come. */
  private static final class Facts {
    private final List<LedgerFact> list = new ArrayList<>();
    private final long before;

    Facts(AccountState account) {
      this.before = account.sequence();
    }

    long next() {
      return before + list.size() + 1;
    }

    void add(LedgerFact fact) {
      list.add(fact);
    }

    void addConsequences(Optional<RequestId> cause, List<Change> changes, Optional<Policy> policy) {
      for (Change change : changes) {
        Balance after = change.after();
        if (after.hard() && change.raises() && after.committed().isGreaterThan(after.limit())) {
          add(new LedgerFact.Breached(next(), cause.orElseThrow(), after));
        }
        List<Integer> reached = policy.map(rules -> reached(rules, after)).orElse(List.of());
        if (!reached.isEmpty()) {
          add(new LedgerFact.ThresholdsReached(next(), cause, after.withAlerted(reached), reached));
        }
      }
    }

    private static List<Integer> reached(Policy policy, Balance balance) {
      BudgetKey key = balance.key();
      return BudgetSelection.rule(policy, key.scope(), key.scopeKey(), key.periodKind())
          .map(BudgetRule::thresholds)
          .orElse(List.of())
          .stream()
          .filter(percent -> !balance.alerted().contains(percent))
          .filter(percent ->
              balance
                      .settled()
                      .amount()
                      .compareTo(
                          balance
                              .limit()
                              .amount()
                              .multiply(BigDecimal.valueOf(percent))
                              .multiply(PERCENT))
                  >= 0)
          .toList();
    }
  }
}
