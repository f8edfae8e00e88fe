package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Does the steps of a history with the real ledger, and checks after every fact what must hold. */
final class LedgerWorld {
  /** Is told of admissions. */
  interface Listener {
    void admitted(AccountId account, String id, int admission);
  }

  private final BudgetLedger ledger = new BudgetLedger(PriceHistory.BOOK);
  private final LedgerState state;
  private final MapLedgerState replica = new MapLedgerState();
  private final LedgerBooks books = new LedgerBooks();
  private final Map<AccountId, Long> sequences = new HashMap<>();
  private final Map<String, String> asked = new HashMap<>();
  private final Map<String, Integer> happened = new TreeMap<>();
  private final Listener listener;
  private Instant now;

  LedgerWorld(LedgerState state, Instant start, Listener listener) {
    this.state = state;
    this.now = start;
    this.listener = listener;
  }

  /** How often what happened. */
  Map<String, Integer> happened() {
    return happened;
  }

  void run(LedgerStep step) {
    now = now.plusSeconds(step.seconds());
    switch (step) {
      case LedgerStep.Ask ask -> ask(ask);
      case LedgerStep.Report report -> report(report);
      case LedgerStep.Interrupt lost ->
          release(
              lost.account(),
              lost.id(),
              lost.id() + "#" + lost.admission(),
              ledger.decide(
                  new LedgerCommand.Interrupt(
                      lost.account(),
                      new RequestId(lost.id()),
                      lost.id() + "#" + lost.admission(),
                      now),
                  state));
      case LedgerStep.Expire expire -> expire(expire);
      case LedgerStep.ChangePolicy change -> change(change);
      case LedgerStep.Adjust adjust -> adjust(adjust);
    }
  }

  private void ask(LedgerStep.Ask ask) {
    String digest = asked.getOrDefault(ask.account() + ask.id(), ask.toString());
    Request request =
        new Request(
            ask.account(),
            new RequestId(ask.id()),
            ask.user(),
            ask.team(),
            ask.datasource(),
            ask.tier(),
            "How many?",
            Optional.empty(),
            Map.of(),
            ask.otherContent() ? digest + "!" : digest,
            Optional.empty(),
            now,
            0,
            0);
    boolean known = asked.putIfAbsent(ask.account() + ask.id(), request.contentDigest()) != null;
    Decision<AdmitResponse> decision =
        ledger.decide(new LedgerCommand.Admit(request, List.of()), state);
    switch (decision.response()) {
      case AdmitResponse.Admitted admitted -> {
        check(!known, "a request is admitted once");
        Admission admission = admitted.admission();
        checkPace(request, admission);
        admit(request.account(), ask.id(), request.user(), admission);
        check(
            keys(admission).equals(expected(request, admission)),
            "all budgets that the request falls under hold it");
      }
      case AdmitResponse.Refused refused -> {
        check(!known, "a request is refused once");
        verdict(request.account(), ask.id());
        checkRefusal(request, refused.refusal());
      }
      case AdmitResponse.Repeated() -> check(known && !ask.otherContent(), "repeated");
      case AdmitResponse.Conflicting() -> check(known && ask.otherContent(), "conflicting");
    }
    count(decision.response().getClass().getSimpleName());
    apply(decision.facts());
  }

  private void admit(AccountId account, String id, String user, Admission admission) {
    books.admitted(account, id, user, admission);
    listener.admitted(account, id, admission.number());
  }

  private void report(LedgerStep.Report report) {
    Decision<SettleResponse> decision =
        ledger.decide(
            new LedgerCommand.Settle(
                report.account(),
                new RequestId(report.id()),
                report.id() + "#" + report.admission(),
                report.nonce(),
                report.attempts(),
                report.answered()),
            state);
    count(decision.response().getClass().getSimpleName());
    switch (decision.response()) {
      case SettleResponse.Settled settled -> {
        paid(report, settled.charges());
        verdict(report.account(), report.id());
        check(settled.cost().equals(cost(report)), "the verdict costs all that was charged");
      }
      case SettleResponse.Corrected corrected -> {
        Money before = cost(report);
        paid(report, corrected.charges());
        check(
            corrected.delta().equals(cost(report).minus(before)), "a correction is the difference");
      }
      case SettleResponse.Noted() -> {
        LedgerFact.Corrected fact = (LedgerFact.Corrected) decision.facts().getFirst();
        paid(report, fact.dispatch().attempts().stream().map(PaidAttempt::charge).toList());
      }
      case SettleResponse.Repeated() -> check(decision.facts().isEmpty(), "nothing twice");
      case SettleResponse.Unknown() -> check(decision.facts().isEmpty(), "nothing of nobody");
    }
    apply(decision.facts());
  }

  private void paid(LedgerStep.Report report, List<Charge> charges) {
    String admission = report.id() + "#" + report.admission();
    LedgerBooks.Entry entry = books.entry(report.account(), report.id(), admission);
    for (int i = 0; i < charges.size(); i++) {
      Money expected = PriceHistory.cost(report.attempts().get(i), entry.admission);
      check(charges.get(i).cost().equals(expected), "the price of the admission");
    }
    books.reported(report.account(), entry, report.nonce(), report.attempts(), charges);
  }

  private Money cost(LedgerStep step, String id) {
    Money cost = Money.ZERO;
    for (LedgerBooks.Entry entry :
        books.requests.getOrDefault(step.account() + "|" + id, List.of())) {
      cost = cost.plus(entry.cost);
    }
    return cost;
  }

  private Money cost(LedgerStep.Report report) {
    return cost(report, report.id());
  }

  private void expire(LedgerStep.Expire expire) {
    String admission = expire.id() + "#" + expire.admission();
    Optional<Instant> deadline =
        state
            .request(expire.account(), new RequestId(expire.id()))
            .flatMap(known -> known.allowance(admission))
            .map(allowance -> allowance.admission().deadline());
    if (deadline.isPresent() && !now.isBefore(deadline.get())) {
      release(
          expire.account(),
          expire.id(),
          admission,
          ledger.decide(
              new LedgerCommand.Expire(
                  expire.account(), new RequestId(expire.id()), admission, now),
              state));
    }
  }

  private void release(
      AccountId account, String id, String admission, Decision<ReleaseResponse> decision) {
    count(decision.response().getClass().getSimpleName());
    switch (decision.response()) {
      case ReleaseResponse.Readmitted again -> {
        LedgerBooks.Entry lost = books.entry(account, id, admission);
        books.assumed(account, lost);
        check(again.admission().number() <= BudgetLedger.MAX_ADMISSIONS, "admitted 3 times");
        admit(account, id, lost.user, again.admission());
      }
      case ReleaseResponse.Ended ignored -> {
        books.assumed(account, books.entry(account, id, admission));
        verdict(account, id);
      }
      case ReleaseResponse.Corrected ignored ->
          books.assumed(account, books.entry(account, id, admission));
      case ReleaseResponse.Ignored() -> check(decision.facts().isEmpty(), "nothing to give up");
      case ReleaseResponse.Unknown() -> check(decision.facts().isEmpty(), "nothing of nobody");
    }
    apply(decision.facts());
  }

  private void change(LedgerStep.ChangePolicy change) {
    long version = state.account(change.account()).policy().map(Policy::version).orElse(0L);
    Policy wanted =
        new Policy(
            change.account(),
            Math.max(1, version + change.step()),
            ZoneId.of(change.zone()),
            "USD",
            change.budgets(),
            List.of(Ledgers.model("cheap"), Ledgers.model("strong")),
            1_000,
            1_000,
            3,
            Duration.ofMinutes(2),
            List.of(Ledgers.datasource("shop"), Ledgers.datasource("crm")),
            change.paused(),
            change.limits());
    Decision<Boolean> decision = ledger.decide(new LedgerCommand.ChangePolicy(wanted, now), state);
    check(decision.response() == wanted.version() > version, "only a newer policy is taken");
    count(decision.response() ? "PolicyTaken" : "PolicyRefused");
    apply(decision.facts());
  }

  private void adjust(LedgerStep.Adjust adjust) {
    Order order = new Order(adjust.account(), adjust.command(), "eve", "because", now);
    Decision<OrderResponse> decision =
        ledger.decide(new LedgerCommand.Adjust(order, adjust.target(), adjust.amount()), state);
    count("Order" + decision.response().getClass().getSimpleName());
    if (decision.response() instanceof OrderResponse.Adjusted(LedgerFact.Adjusted fact)) {
      LedgerBooks.Book book = books.book(fact.change().after().key());
      book.settled = book.settled.plus(fact.change().settledDelta());
    }
    apply(decision.facts());
  }

  private void verdict(AccountId account, String id) {
    check(books.verdicts.add(account + "|" + id), "one verdict");
  }

  // ---- what must hold after every fact

  private void apply(List<LedgerFact> facts) {
    Set<BudgetKey> breached = new HashSet<>();
    for (LedgerFact fact : facts) {
      if (fact instanceof LedgerFact.Breached(long ignored, RequestId cause, Balance balance)) {
        breached.add(balance.key());
        check(balance.committed().isGreaterThan(balance.limit()), "a breach is above the limit");
        count("Breached");
      }
    }
    for (LedgerFact fact : facts) {
      long sequence = sequences.merge(fact.account(), 1L, Long::sum);
      check(fact.sequence() == sequence, "facts are numbered without gaps");
      ledger.apply(fact, state);
      ledger.apply(fact, replica);
    }
    for (LedgerFact fact : facts) {
      switch (fact) {
        case LedgerFact.Held held -> held.changes().forEach(this::checkWithinLimit);
        case LedgerFact.Settled settled -> settled.changes().forEach(c -> checkRise(c, breached));
        case LedgerFact.Assumed assumed -> assumed.changes().forEach(c -> checkRise(c, breached));
        case LedgerFact.Corrected corrected ->
            corrected.changes().forEach(c -> checkRise(c, breached));
        case LedgerFact.Adjusted adjusted -> checkRise(adjusted.change(), breached);
        case LedgerFact.ThresholdsReached reached -> checkAlerts(reached);
        default -> {}
      }
    }
  }

  private void checkWithinLimit(Change change) {
    Balance balance = state.balance(change.after().key()).orElseThrow();
    checkBooks(balance);
    if (balance.hard()) {
      check(!balance.committed().isGreaterThan(balance.limit()), "no admission above a limit");
    }
    BudgetRule rule = rule(balance.key());
    check(
        balance.limit().minus(balance.rolledOver()).equals(rule.limit())
            && balance.hard() == rule.hard(),
        "the limit in force decides");
  }

  private void checkRise(Change change, Set<BudgetKey> breached) {
    Balance balance = state.balance(change.after().key()).orElseThrow();
    checkBooks(balance);
    boolean rises = change.settledDelta().plus(change.heldDelta()).isGreaterThan(Money.ZERO);
    if (balance.hard() && rises && change.after().committed().isGreaterThan(balance.limit())) {
      check(breached.contains(balance.key()), "only a declared breach goes above a limit");
    }
  }

  private void checkBooks(Balance balance) {
    LedgerBooks.Book book = books.book(balance.key());
    check(balance.held().equals(book.held), "held as in the books");
    check(balance.settled().equals(book.settled), "settled as in the books");
    check(balance.openHolds() == book.openHolds, "holds as in the books");
    check(balance.settled().minus(balance.adjusted()).equals(book.costs), "sum of attempts");
    check(!balance.held().isNegative() && !balance.settled().isNegative(), "never negative");
  }

  private void checkAlerts(LedgerFact.ThresholdsReached reached) {
    count("Alerted");
    Balance balance = reached.after();
    for (int percent : reached.percents()) {
      check(books.book(balance.key()).alerts.add(percent), "each threshold once");
      check(
          balance.settled().times(100).compareTo(balance.limit().times(percent)) >= 0,
          "a threshold that was reached");
    }
  }

  private void checkPace(Request request, Admission admission) {
    RateLimits limits = policy(request.account()).rateLimits();
    check(admission.paced() == !limits.equals(RateLimits.NONE), "counted where it is limited");
    long second = now.getEpochSecond();
    books.trim(second);
    checkPace(limits.account(), request.account() + "|", second);
    checkPace(limits.user(), request.account() + "|" + request.user(), second);
  }

  private void checkPace(RateLimit limit, String party, long second) {
    check(books.inFlight(party) < limit.inFlight().orElse(Integer.MAX_VALUE), "too many in flight");
    check(
        books.lastMinute(party, second) < limit.requestsPerMinute().orElse(Integer.MAX_VALUE),
        "too many in a minute");
  }

  private void checkRefusal(Request request, Refusal refusal) {
    count(refusal.reason().name());
    if (refusal.reason() == Reason.BUDGET_EXCEEDED) {
      Receipt receipt = refusal.receipt().orElseThrow();
      check(
          receipt.balance().hard()
              && receipt
                  .balance()
                  .committed()
                  .plus(receipt.asked())
                  .isGreaterThan(receipt.balance().limit()),
          "a refusal has its reason");
    } else if (refusal.reason() == Reason.TOO_MANY_IN_FLIGHT) {
      RateLimits limits = policy(request.account()).rateLimits();
      check(
          books.inFlight(request.account() + "|")
                  >= limits.account().inFlight().orElse(Integer.MAX_VALUE)
              || books.inFlight(request.account() + "|" + request.user())
                  >= limits.user().inFlight().orElse(Integer.MAX_VALUE),
          "as many in flight as allowed");
    }
  }

  /** At the end: what is open holds what the books say, and the same facts give the same state. */
  void checkWhole(MapLedgerState whole) {
    for (Balance balance : whole.balances().values()) {
      checkBooks(balance);
    }
    for (RequestState request : whole.requests()) {
      boolean open = request instanceof RequestState.Open;
      String id = request.account() + "|" + request.id();
      check(open != books.verdicts.contains(id), "open, or with its one verdict");
      check(
          request.allowances().size() == books.requests.getOrDefault(id, List.of()).size(),
          "every admission is known");
    }
    check(whole.equals(replica), "the same history gives the same state");
  }

  // ---- found by another way than the ledger's

  private Set<BudgetKey> expected(Request request, Admission admission) {
    Policy policy = policy(request.account());
    List<String> models = admission.candidates().stream().map(Candidate::key).toList();
    Set<BudgetKey> expected = new HashSet<>();
    for (BudgetRule rule : policy.budgets()) {
      List<String> keys =
          switch (rule.scope()) {
            case ACCOUNT -> List.of(request.account().value());
            case TEAM -> request.team().stream().toList();
            case USER -> List.of(request.user());
            case DATASOURCE -> List.of(admission.datasource());
            case MODEL -> models;
          };
      String period = Period.of(rule.period(), request.requestedAt(), policy.zone()).name();
      for (String key : keys) {
        if (rule.scopeKey().equals("*") || rule.scopeKey().equals(key)) {
          expected.add(new BudgetKey(request.account(), rule.scope(), key, rule.period(), period));
        }
      }
    }
    return expected;
  }

  private static Set<BudgetKey> keys(Admission admission) {
    Set<BudgetKey> keys = new HashSet<>();
    admission.holds().forEach(hold -> check(keys.add(hold.budget()), "one hold in each budget"));
    return keys;
  }

  private BudgetRule rule(BudgetKey key) {
    List<BudgetRule> rules = new ArrayList<>();
    for (BudgetRule rule : policy(key.account()).budgets()) {
      if (rule.scope() == key.scope() && rule.period() == key.periodKind()) {
        rules.add(rule);
      }
    }
    return rules.stream()
        .filter(rule -> rule.scopeKey().equals(key.scopeKey()))
        .findFirst()
        .or(() -> rules.stream().filter(rule -> rule.scopeKey().equals("*")).findFirst())
        .orElseThrow();
  }

  private Policy policy(AccountId account) {
    return state.account(account).policy().orElseThrow();
  }

  private void count(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
