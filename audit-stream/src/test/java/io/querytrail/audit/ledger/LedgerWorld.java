package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.ledger.Refusal.Reason;
import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Does the steps of a history with the real ledger, and checks after every fact what must hold. */
final class LedgerWorld {
  /** Is told of admissions. */
  interface Listener {
    void admitted(AccountId account, String id, int admission);
  }

  private final BudgetLedger ledger = new BudgetLedger(PriceHistory.BOOK);
  private final PricedState state;
  private final PriceHistory prices = new PriceHistory();
  private final MapLedgerState replica = new MapLedgerState();
  private final LedgerBooks books = new LedgerBooks();
  private final Map<AccountId, Long> sequences = new HashMap<>();
  private final Map<String, String> asked = new HashMap<>();
  private final Map<String, Integer> happened = new TreeMap<>();
  private final Listener listener;
  private Instant now;

  LedgerWorld(PricedState state, Instant start, Listener listener) {
    this.state = state;
    this.now = start;
    this.listener = listener;
  }

  /** How often what happened. */
  Map<String, Integer> happened() {
    return happened;
  }

  void run(LedgerStep step) {
    Instant before = now;
    now = now.plusSeconds(step.seconds());
    countCalendar(step.account(), before);
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
      case LedgerStep.Cancel cancel -> cancel(cancel);
      case LedgerStep.ApplyPrices table -> {
        state.apply(prices.apply(now.plusSeconds(table.beginsInSeconds()), table.cheap()));
        count("PricesApplied");
      }
    }
  }

  /** What the calendar of the account did. */
  private void countCalendar(AccountId account, Instant before) {
    ZoneId zone = state.account(account).policy().map(Policy::zone).orElse(ZoneOffset.UTC);
    if (!YearMonth.from(before.atZone(zone)).equals(YearMonth.from(now.atZone(zone)))) {
      count("MonthEnded");
    }
    ZoneOffsetTransition next = zone.getRules().nextTransition(before);
    if (next != null && !next.getInstant().isAfter(now)) {
      count("ClocksChanged");
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
    PriceHistory.Quote quote = prices.quote(admission, policy(account));
    check(admission.held().equals(held(quote)), "holds all that it allows");
    if (admission.priceVersion().contains("+own-")) {
      count("OwnPrice");
    }
    books.admitted(account, id, user, quote);
    listener.admitted(account, id, admission.number());
  }

  private static Money held(PriceHistory.Quote quote) {
    Admission admission = quote.admission();
    return admission.candidates().stream()
        .map(candidate ->
            quote.cost(
                new Attempt(
                    candidate.provider(),
                    candidate.model(),
                    true,
                    Optional.empty(),
                    OptionalInt.empty(),
                    false)))
        .reduce(Money.ZERO, Money::max)
        .times(admission.maxSends());
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
      Money expected = entry.quote.cost(report.attempts().get(i));
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
        new PolicyBuilder(change.policy()).version(Math.max(1, version + change.step())).build();
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
      if (fact.reset()) {
        check(book.settled.equals(Money.ZERO), "a reset leaves nothing");
        count("OrderReset");
      }
    }
    apply(decision.facts());
  }

  private void cancel(LedgerStep.Cancel cancel) {
    Order order = new Order(cancel.account(), cancel.command(), "eve", "because", now);
    String id = cancel.account() + "|" + cancel.id();
    boolean open = books.requests.containsKey(id) && !books.verdicts.contains(id);
    Decision<OrderResponse> decision =
        ledger.decide(new LedgerCommand.Cancel(order, new RequestId(cancel.id())), state);
    count("Order" + decision.response().getClass().getSimpleName());
    switch (decision.response()) {
      case OrderResponse.Cancelled(ReleaseResponse.Ended ended) -> {
        check(open, "only a request that waits is cancelled");
        String admission = ended.admission().id();
        books.assumed(cancel.account(), books.entry(cancel.account(), cancel.id(), admission));
        verdict(cancel.account(), cancel.id());
      }
      case OrderResponse.Refused ignored -> check(!open, "a request that waits can be cancelled");
      case OrderResponse.Repeated() -> check(decision.facts().isEmpty(), "nothing twice");
      case OrderResponse.Adjusted ignored -> check(false, "nothing was to be posted");
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
        case LedgerFact.Cancelled cancelled ->
            cancelled.changes().forEach(c -> checkRise(c, breached));
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
    check(balance.rolledOver().equals(carried(balance.key(), rule)), "carried from before");
    if (balance.rolledOver().isGreaterThan(Money.ZERO)) {
      count("RolledOver");
    }
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
    long most = tokens(policy(request.account()));
    checkPace(limits.account(), request.account() + "|", second, most);
    checkPace(limits.user(), request.account() + "|" + request.user(), second, most);
  }

  private static long tokens(Policy policy) {
    return policy.maxSends() * (policy.maxInputTokens() + (long) policy.maxOutputTokens());
  }

  private void checkPace(RateLimit limit, String party, long second, long tokens) {
    check(books.inFlight(party) < limit.inFlight().orElse(Integer.MAX_VALUE), "too many in flight");
    check(
        books.lastMinute(party, second) < limit.requestsPerMinute().orElse(Integer.MAX_VALUE),
        "too many in a minute");
    check(
        books.tokensOfLastMinute(party, second) + tokens
            <= limit.tokensPerMinute().orElse(Long.MAX_VALUE),
        "too many tokens in a minute");
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
    } else if (refusal.reason() == Reason.TOO_MANY_TOKENS) {
      Policy policy = policy(request.account());
      check(
          tooManyTokens(policy.rateLimits().account(), request.account() + "|", policy)
              || tooManyTokens(
                  policy.rateLimits().user(), request.account() + "|" + request.user(), policy),
          "as many tokens as allowed");
    }
  }

  private boolean tooManyTokens(RateLimit limit, String party, Policy policy) {
    return limit.tokensPerMinute().isPresent()
        && books.tokensOfLastMinute(party, now.getEpochSecond()) + tokens(policy)
            > limit.tokensPerMinute().getAsLong();
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

  /** What is left of the latest period before that was used, and of the idle ones after it. */
  private Money carried(BudgetKey key, BudgetRule rule) {
    if (rule.rollover().isEmpty()) {
      return Money.ZERO;
    }
    Optional<Money> cap = rule.rollover().get().cap();
    for (int back = 1; back <= Rollover.MAX_IDLE_PERIODS; back++) {
      String name =
          key.periodKind() == Period.Kind.DAY
              ? LocalDate.parse(key.periodName()).minusDays(back).toString()
              : YearMonth.parse(key.periodName()).minusMonths(back).toString();
      LedgerBooks.Book book =
          books.budgets.get(
              new BudgetKey(key.account(), key.scope(), key.scopeKey(), key.periodKind(), name));
      Optional<Balance> earlier =
          state.balance(
              new BudgetKey(key.account(), key.scope(), key.scopeKey(), key.periodKind(), name));
      if (earlier.isPresent()) {
        Money spent = book == null ? Money.ZERO : book.settled.plus(book.held);
        Money carried = least(Money.max(Money.ZERO, earlier.get().limit().minus(spent)), cap);
        for (int idle = 1; idle < back; idle++) {
          carried = least(carried.plus(rule.limit()), cap);
        }
        return carried;
      }
    }
    return Money.ZERO;
  }

  private static Money least(Money amount, Optional<Money> cap) {
    return cap.isPresent() && amount.isGreaterThan(cap.get()) ? cap.get() : amount;
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
