package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Allowance.Status;
import io.querytrail.audit.money.Money;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A second bookkeeping, kept by other means than the ledger's own. */
final class LedgerBooks {
  /** What the books say of one budget. */
  static final class Book {
    Money held = Money.ZERO;
    Money settled = Money.ZERO;
    Money costs = Money.ZERO;
    int openHolds;
    final Set<Integer> alerts = new HashSet<>();
  }

  /** What the books say of one admission. */
  static final class Entry {
    final Admission admission;
    final PriceHistory.Quote quote;
    final String user;
    final Counted counted;
    Status status = Status.HELD;
    Money cost = Money.ZERO;

    Entry(PriceHistory.Quote quote, String user) {
      this.quote = quote;
      this.admission = quote.admission();
      this.user = user;
      this.counted = new Counted(admission.admittedAt().getEpochSecond(), quote.allowed());
    }
  }

  /** An admission in the windows of rate limits. */
  private static final class Counted {
    final long second;
    long tokens;

    Counted(long second, long tokens) {
      this.second = second;
      this.tokens = tokens;
    }
  }

  final Map<BudgetKey, Book> budgets = new HashMap<>();
  final Map<String, List<Entry>> requests = new HashMap<>();
  final Set<String> verdicts = new HashSet<>();
  private final Set<String> nonces = new HashSet<>();
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Map<String, Deque<Counted>> windows = new HashMap<>();

  Book book(BudgetKey key) {
    return budgets.computeIfAbsent(key, any -> new Book());
  }

  void admitted(AccountId account, String id, String user, PriceHistory.Quote quote) {
    Admission admission = quote.admission();
    Entry entry = new Entry(quote, user);
    requests.computeIfAbsent(account + "|" + id, any -> new ArrayList<>()).add(entry);
    for (Hold hold : admission.holds()) {
      Book book = book(hold.budget());
      book.held = book.held.plus(hold.amount());
      book.openHolds++;
    }
    if (admission.paced()) {
      for (String party : List.of(account + "|", account + "|" + user)) {
        inFlight.merge(party, 1, Integer::sum);
        windows.computeIfAbsent(party, any -> new ArrayDeque<>()).add(entry.counted);
      }
    }
  }

  Entry entry(AccountId account, String id, String admission) {
    return requests.getOrDefault(account + "|" + id, List.of()).stream()
        .filter(entry -> entry.admission.id().equals(admission))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the ledger knows an admission of nobody"));
  }

  void reported(
      AccountId account, Entry entry, String nonce, List<Attempt> attempts, List<Charge> charges) {
    if (!nonces.add(account + "|" + entry.admission.id() + "|" + nonce)) {
      throw new AssertionError("dispatch " + nonce + " was charged twice");
    }
    for (Hold hold : entry.admission.holds()) {
      Money share = share(hold.budget(), attempts, charges);
      move(hold, entry.status == Status.ASSUMED ? share.minus(hold.amount()) : share, entry);
    }
    Money cost = Money.ZERO;
    for (Charge charge : charges) {
      cost = cost.plus(charge.cost());
    }
    entry.cost = entry.status == Status.REPORTED ? entry.cost.plus(cost) : cost;
    long used = attempts.stream().mapToLong(entry.quote::tokens).sum();
    entry.counted.tokens = entry.status == Status.REPORTED ? entry.counted.tokens + used : used;
    ended(account, entry);
    entry.status = Status.REPORTED;
  }

  void assumed(AccountId account, Entry entry) {
    entry.admission.holds().forEach(hold -> move(hold, hold.amount(), entry));
    entry.cost = entry.admission.held();
    ended(account, entry);
    entry.status = Status.ASSUMED;
  }

  private void ended(AccountId account, Entry entry) {
    if (entry.status == Status.HELD && entry.admission.paced()) {
      inFlight.merge(account + "|", -1, Integer::sum);
      inFlight.merge(account + "|" + entry.user, -1, Integer::sum);
    }
  }

  private void move(Hold hold, Money cost, Entry entry) {
    Book book = book(hold.budget());
    book.costs = book.costs.plus(cost);
    book.settled = Money.max(Money.ZERO, book.settled.plus(cost));
    if (entry.status == Status.HELD) {
      book.held = book.held.minus(hold.amount());
      book.openHolds--;
    }
  }

  private static Money share(BudgetKey budget, List<Attempt> attempts, List<Charge> charges) {
    Money share = Money.ZERO;
    for (int i = 0; i < charges.size(); i++) {
      String model = attempts.get(i).provider() + ':' + attempts.get(i).model();
      if (budget.scope() != BudgetScope.MODEL || budget.scopeKey().equals(model)) {
        share = share.plus(charges.get(i).cost());
      }
    }
    return share;
  }

  int inFlight(String party) {
    return inFlight.getOrDefault(party, 0);
  }

  /** Admissions within the 60 seconds up to that one. */
  long lastMinute(String party, long second) {
    return window(party, second).count();
  }

  /** Tokens of these. */
  long tokensOfLastMinute(String party, long second) {
    return window(party, second).mapToLong(counted -> counted.tokens).sum();
  }

  private Stream<Counted> window(String party, long second) {
    return windows.getOrDefault(party, new ArrayDeque<>()).stream()
        .filter(counted -> counted.second > second - 60);
  }

  /** Forgets what no window can reach any more. */
  void trim(long second) {
    for (Deque<Counted> window : windows.values()) {
      while (!window.isEmpty() && window.getFirst().second <= second - 120) {
        window.removeFirst();
      }
    }
  }
}
