package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Allowance.Status;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.Prices;
import java.time.Instant;
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
  /** Admissions of one request, the first one included: a generator may be lost again and again. */
  public static final int MAX_ADMISSIONS = 3;

  private final PriceBook prices;
  private final Retention retention;

  /**
   * @param prices tables that came with the product; they hold until others are applied
   */
  public BudgetLedger(PriceBook prices) {
    this(prices, new Retention(Retention.USUAL));
  }

  /**
   * @param retention after which a request's id is free again
   */
  public BudgetLedger(PriceBook prices, Retention retention) {
    this.prices = prices;
    this.retention = retention;
  }

  /**
   * Whether no admission from that moment on can be priced by that version, since another table has
   * taken its place or its own is known no more.
   *
   * @param priceVersion as an admission names it, or of a table
   */
  public boolean isSuperseded(String priceVersion, Instant at, LedgerView view) {
    String version = Tariff.tableVersion(priceVersion);
    PriceBook applied = view.appliedPrices();
    Optional<PriceTable> table = applied.version(version).or(() -> prices.version(version));
    return table.isEmpty()
        || (!table.get().effective().isAfter(at)
            && Tariff.inForce(at, table.get().currency(), applied, prices)
                .filter(inForce -> inForce.version().equals(version))
                .isEmpty());
  }

  /** The version of the table that a version of prices was made from. */
  public static String tableVersion(String priceVersion) {
    return Tariff.tableVersion(priceVersion);
  }

  /** Whether a price table of that version came with the product. */
  public boolean bundles(String version) {
    return prices.version(version).isPresent();
  }

  /** May this request spend? Money for the dearest outcome is held before anything is spent. */
  public Decision<AdmitResponse> decide(LedgerCommand.Admit command, LedgerView view) {
    Request request = command.request();
    // Whether its row has been swept out yet must make no difference.
    Optional<RequestState> known =
        view.request(request.account(), request.id())
            .filter(state -> !retention.isOver(state, request.requestedAt()));
    if (known.isPresent()) {
      boolean same = known.get().contentDigest().equals(request.contentDigest());
      return Decision.of(same ? new AdmitResponse.Repeated() : new AdmitResponse.Conflicting());
    }
    AccountState account = view.account(request.account());
    Admissibility admissibility =
        command.defects().isEmpty()
            ? Admissibility.of(Admissibility.Wanted.first(request), account.policy(), prices, view)
            : Admissibility.refused(
                Reason.INVALID_REQUEST, String.join("; ", command.defects()), account.policy());
    return switch (admissibility) {
      case Admissibility.Refused(Refusal refusal) ->
          new Decision<>(
              List.of(new LedgerFact.Refused(account.sequence() + 1, request, refusal)),
              new AdmitResponse.Refused(request, refusal));
      case Admissibility.Accepted accepted ->
          new Decision<>(
              List.of(
                  new LedgerFact.Held(
                      account.sequence() + 1,
                      RequestState.Open.admitted(request, accepted.admission()),
                      accepted.terms(),
                      accepted.changes(),
                      accepted.windows())),
              new AdmitResponse.Admitted(request, accepted.admission(), accepted.datasource()));
    };
  }

  /** Charges what a dispatch used, and gives back the rest of what was held or assumed for it. */
  public Decision<SettleResponse> decide(LedgerCommand.Settle command, LedgerView view) {
    Optional<RequestState> known = view.request(command.account(), command.request());
    Optional<Allowance> found = known.flatMap(state -> state.allowance(command.admission()));
    if (known.isEmpty() || found.isEmpty()) {
      return Decision.of(new SettleResponse.Unknown());
    }
    if (known.get().knows(command.nonce())) {
      return Decision.of(new SettleResponse.Repeated());
    }
    AccountState account = view.account(command.account());
    Allowance before = found.get();
    Report report = Report.of(command, before, prices(before.admission(), view));
    Movement movement = Movement.reported(report, known.get().user(), account, view);
    RequestState after = known.get().with(report.after());
    Facts facts = new Facts(account);
    SettleResponse response =
        switch (after) {
          case RequestState.Open open when ends(command, open) -> {
            facts.add(
                new LedgerFact.Settled(
                    facts.next(),
                    open.closed(),
                    before.admission(),
                    report.dispatch(),
                    report.cost(),
                    movement.changes(),
                    movement.windows()));
            yield report.settled(open);
          }
          case RequestState.Open open -> {
            facts.add(report.corrected(facts.next(), open, movement));
            yield new SettleResponse.Noted();
          }
          case RequestState.Closed closed -> {
            facts.add(report.corrected(facts.next(), closed, movement));
            yield new SettleResponse.Corrected(
                closed,
                before.admission(),
                report.charges(),
                report.delta(),
                before.status() != Status.REPORTED);
          }
        };
    facts.addConsequences(Optional.of(command.request()), movement.changes(), account.policy());
    return new Decision<>(facts.list(), response);
  }

  /**
   * An answer ends the request whichever admission it is of. A failure ends only its own: while
   * another admission is under way, there may be an answer yet.
   */
  private static boolean ends(LedgerCommand.Settle command, RequestState.Open open) {
    return command.answered() || open.admission().id().equals(command.admission());
  }

  /**
   * Charges the whole hold of an admission whose generator is lost, and admits the request anew
   * where the budgets have room for that.
   */
  public Decision<ReleaseResponse> decide(LedgerCommand.Interrupt command, LedgerView view) {
    return release(
        command.account(),
        command.request(),
        command.admission(),
        false,
        view,
        open -> {
          int number = open.admission().number() + 1;
          return number > MAX_ADMISSIONS
              ? Optional.empty()
              : Optional.of(
                  new Admissibility.Wanted(
                      open.request(),
                      Optional.of(open.admission().datasource()),
                      number,
                      command.at()));
        });
  }

  /**
   * Charges the whole hold of an admission that nothing was heard of, and ends the request.
   *
   * @throws IllegalArgumentException when the deadline has not passed
   */
  public Decision<ReleaseResponse> decide(LedgerCommand.Expire command, LedgerView view) {
    view.request(command.account(), command.request())
        .flatMap(state -> state.allowance(command.admission()))
        .map(Allowance::admission)
        .filter(admission -> command.at().isBefore(admission.deadline()))
        .ifPresent(admission -> {
          throw new IllegalArgumentException(
              admission.id() + " has until " + admission.deadline() + ", it is " + command.at());
        });
    return release(
        command.account(),
        command.request(),
        command.admission(),
        true,
        view,
        open -> Optional.empty());
  }

  private interface Retry {
    Optional<Admissibility.Wanted> of(RequestState.Open open);
  }

  private Decision<ReleaseResponse> release(
      AccountId accountId,
      RequestId request,
      String admissionId,
      boolean expired,
      LedgerView view,
      Retry retry) {
    Optional<RequestState> known = view.request(accountId, request);
    Optional<Allowance> found = known.flatMap(state -> state.allowance(admissionId));
    if (known.isEmpty() || found.isEmpty()) {
      return Decision.of(new ReleaseResponse.Unknown());
    }
    if (!found.get().isHeld()) {
      return Decision.of(new ReleaseResponse.Ignored());
    }
    AccountState account = view.account(accountId);
    Admission admission = found.get().admission();
    List<PaidAttempt> assumption = Pricing.assumed(prices(admission, view), admission);
    RequestState after = known.get().with(found.get().assumed(assumption));
    Movement movement = Movement.assumed(admission, known.get().user(), account, view);
    Allowance lost = found.get().assumed(assumption);
    return switch (after) {
      case RequestState.Closed closed -> {
        Facts facts = new Facts(account);
        facts.add(assumed(facts.next(), closed, lost, expired, movement));
        facts.addConsequences(Optional.of(request), movement.changes(), account.policy());
        yield new Decision<>(
            facts.list(),
            new ReleaseResponse.Corrected(closed, admission, assumption, admission.held()));
      }
      case RequestState.Open open ->
          againOrEnd(open, lost, expired, movement, account, view, retry.of(open));
    };
  }

  private Decision<ReleaseResponse> againOrEnd(
      RequestState.Open open,
      Allowance lost,
      boolean expired,
      Movement movement,
      AccountState account,
      LedgerView view,
      Optional<Admissibility.Wanted> wanted) {
    Facts facts = new Facts(account);
    facts.add(assumed(facts.next(), open, lost, expired, movement));
    facts.addConsequences(Optional.of(open.id()), movement.changes(), account.policy());
    String why = expired ? "" : "it was tried " + MAX_ADMISSIONS + " times";
    if (wanted.isPresent()) {
      // The charge comes first: the money of the lost admission is not there a second time.
      PendingState pending = new PendingState(view);
      facts.list().forEach(fact -> apply(fact, pending));
      switch (Admissibility.of(wanted.get(), account.policy(), prices, pending)) {
        case Admissibility.Accepted accepted -> {
          Admission again = accepted.admission();
          facts.add(
              new LedgerFact.Held(
                  facts.next(),
                  open.readmitted(again),
                  accepted.terms(),
                  accepted.changes(),
                  accepted.windows()));
          return new Decision<>(
              facts.list(),
              new ReleaseResponse.Readmitted(open.request(), again, accepted.datasource()));
        }
        case Admissibility.Refused(Refusal refusal) -> why = refusal.message();
      }
    }
    facts.replaceFirst(assumed(account.sequence() + 1, open.closed(), lost, expired, movement));
    List<PaidAttempt> attempts =
        open.allowances().stream().flatMap(allowance -> allowance.attempts().stream()).toList();
    return new Decision<>(
        facts.list(),
        new ReleaseResponse.Ended(open.request(), lost.admission(), attempts, open.cost(), why));
  }

  private static LedgerFact assumed(
      long sequence, RequestState state, Allowance lost, boolean expired, Movement movement) {
    return new LedgerFact.Assumed(
        sequence,
        state,
        lost.admission(),
        expired,
        lost.attempts(),
        movement.changes(),
        movement.windows());
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
      case Posting.Possible(boolean reset, LedgerFact.Change change) -> {
        Facts facts = new Facts(account);
        LedgerFact.Adjusted adjusted = new LedgerFact.Adjusted(facts.next(), order, reset, change);
        facts.add(adjusted);
        facts.addConsequences(Optional.empty(), List.of(change), account.policy());
        yield new Decision<>(facts.list(), new OrderResponse.Adjusted(adjusted));
      }
    };
  }

  /**
   * Ends a request that waits. It may have been dispatched, so the hold is charged whole; the
   * report that comes, also one that nothing was sent, corrects that.
   */
  public Decision<OrderResponse> decide(LedgerCommand.Cancel command, LedgerView view) {
    Order order = command.order();
    if (view.answered(order.account(), order.id())) {
      return Decision.of(new OrderResponse.Repeated());
    }
    Optional<RequestState> known = view.request(order.account(), command.request());
    if (!(known.orElse(null) instanceof RequestState.Open open)) {
      String why = known.isEmpty() ? "is not known" : "has its verdict";
      return refuse(
          order,
          "request %s of account %s %s".formatted(command.request(), order.account(), why),
          view);
    }
    Admission admission = open.admission();
    AccountState account = view.account(order.account());
    List<PaidAttempt> assumption = Pricing.assumed(prices(admission, view), admission);
    RequestState.Open after =
        open.with(open.allowance(admission.id()).orElseThrow().assumed(assumption));
    Movement movement = Movement.assumed(admission, open.user(), account, view);
    Facts facts = new Facts(account);
    facts.add(
        new LedgerFact.Cancelled(
            facts.next(),
            order,
            after.closed(),
            admission,
            assumption,
            movement.changes(),
            movement.windows()));
    facts.addConsequences(Optional.of(open.id()), movement.changes(), account.policy());
    List<PaidAttempt> attempts =
        after.allowances().stream().flatMap(allowance -> allowance.attempts().stream()).toList();
    return new Decision<>(
        facts.list(),
        new OrderResponse.Cancelled(
            new ReleaseResponse.Ended(
                open.request(),
                admission,
                attempts,
                after.cost(),
                "%s: %s".formatted(order.by(), order.reason()))));
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
        ? new Decision<>(
            List.of(
                new LedgerFact.PolicyApplied(
                    sequence,
                    wanted,
                    PolicyChange.refreshed(account.policy(), wanted, command.at(), view))),
            true)
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
        put(held.changes(), held.windows(), held.request(), state);
        pinPrices(held, state);
      }
      case LedgerFact.Refused refused -> state.put(RequestState.Closed.refused(refused.request()));
      case LedgerFact.Settled settled ->
          put(settled.changes(), settled.windows(), settled.request(), state);
      case LedgerFact.Assumed assumed ->
          put(assumed.changes(), assumed.windows(), assumed.request(), state);
      case LedgerFact.Corrected corrected ->
          put(corrected.changes(), corrected.windows(), corrected.request(), state);
      case LedgerFact.Cancelled cancelled -> {
        put(cancelled.changes(), cancelled.windows(), cancelled.request(), state);
        state.put(cancelled.order());
      }
      case LedgerFact.Adjusted adjusted -> {
        state.put(adjusted.change().after());
        state.put(adjusted.order());
      }
      case LedgerFact.OrderRefused refused -> state.put(refused.order());
      case LedgerFact.ThresholdsReached reached -> state.put(reached.after());
      case LedgerFact.PolicyApplied applied -> {
        policy = Optional.of(applied.policy());
        applied.changes().forEach(change -> state.put(change.after()));
      }
      case LedgerFact.Breached breached -> {
        // A declaration: the balance was changed by the fact before it.
      }
      case LedgerFact.PolicyRefused refused -> {
        // Only the sequence moves.
      }
    }
    state.put(new AccountState(account.account(), policy, fact.sequence()));
  }

  private static void put(
      List<LedgerFact.Change> changes,
      List<RateWindow> windows,
      RequestState request,
      LedgerState state) {
    changes.forEach(change -> state.put(change.after()));
    windows.forEach(state::put);
    state.put(request);
  }

  /** What is admitted by a price is charged by it, even if its table is replaced by then. */
  private static void pinPrices(LedgerFact.Held held, LedgerState state) {
    String version = held.request().admission().priceVersion();
    for (PricedCandidate priced : held.terms().candidates()) {
      Candidate candidate = priced.candidate();
      if (state.usedPrice(version, candidate.provider(), candidate.model()).isEmpty()) {
        state.put(new UsedPrice(version, candidate.provider(), candidate.model(), priced.price()));
      }
    }
  }

  /** The prices that an admission was made by, and for any other model those of its table. */
  private Prices prices(Admission admission, LedgerView view) {
    String version = admission.priceVersion();
    return (provider, model) ->
        view.usedPrice(version, provider, model)
            .or(() ->
                view.appliedPrices()
                    .version(Tariff.tableVersion(version))
                    .or(() -> prices.version(Tariff.tableVersion(version)))
                    .flatMap(table -> table.price(provider, model)));
  }
}
