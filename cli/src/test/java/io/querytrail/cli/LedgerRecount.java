package io.querytrail.cli;

import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ChargedAttempt;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.TokenUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Keeps the books a second time, from the ledger topic, the limits that were applied and its own
 * arithmetic alone; it shares nothing with the ledger that decided. Events must come in order.
 */
final class LedgerRecount {
  /**
   * What every account was given.
   *
   * @param limits of a hard budget in total, by whose spending it bounds
   * @param hold what one admission has to put aside
   */
  record Rules(Map<BudgetScope, BigDecimal> limits, BigDecimal hold, ModelTariff tariff) {}

  /** Where the money of one admission is. */
  private static final class Allowance {
    private BigDecimal held;
    private BigDecimal charged = BigDecimal.ZERO;
    private boolean assumed;

    Allowance(BigDecimal held) {
      this.held = held;
    }

    /** A report adds to other reports and takes the place of an assumption; gives the change. */
    BigDecimal reported(BigDecimal cost) {
      BigDecimal before = charged;
      charged = assumed ? cost : charged.add(cost);
      assumed = false;
      return charged.subtract(before);
    }

    BigDecimal assumed(BigDecimal hold) {
      BigDecimal before = charged;
      charged = hold;
      assumed = true;
      return charged.subtract(before);
    }

    BigDecimal release() {
      BigDecimal released = held;
      held = BigDecimal.ZERO;
      return released;
    }
  }

  /** What one request was admitted for and charged. */
  static final class Spending {
    private final Map<String, Allowance> allowances = new LinkedHashMap<>();
    private final List<TokenUsage> reported = new ArrayList<>();
    private int callsWithoutUsage;

    /** Times that money was held for it. */
    int admissions() {
      return allowances.size();
    }

    /** The calls that were reported with their usage. */
    List<TokenUsage> reported() {
      return reported;
    }

    /** Calls, and whole admissions, that are charged at their ceiling for want of a report. */
    int withoutUsage() {
      return callsWithoutUsage
          + (int) allowances.values().stream().filter(allowance -> allowance.assumed).count();
    }

    /** What it has cost, corrections included. */
    BigDecimal charged() {
      return allowances.values().stream()
          .map(allowance -> allowance.charged)
          .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Whether money is still put aside for it. */
    boolean isOpen() {
      return allowances.values().stream().anyMatch(allowance -> allowance.held.signum() != 0);
    }
  }

  private static final class Book {
    private BigDecimal settled = BigDecimal.ZERO;
    private BigDecimal held = BigDecimal.ZERO;

    BigDecimal committed() {
      return settled.add(held);
    }
  }

  private final Rules rules;
  private final Map<String, Book> books = new HashMap<>();
  private final Map<String, Long> sequences = new HashMap<>();
  private final Map<String, Spending> requests = new TreeMap<>();
  private final List<String> falseRefusals = new ArrayList<>();
  private final List<String> falseAdmissions = new ArrayList<>();
  private final List<String> deviations = new ArrayList<>();
  private BigDecimal overspend = BigDecimal.ZERO;
  private int refusals;

  LedgerRecount(Rules rules) {
    this.rules = rules;
  }

  /** Enters the next event of an account. */
  void add(LedgerEvent event) {
    long expected = sequences.merge(event.getAccount(), 1L, Long::sum);
    if (event.getSequence() != expected) {
      deviate(event, "number %d comes where %d was due".formatted(event.getSequence(), expected));
    }
    switch (event.getKind()) {
      case HELD -> held(event);
      case REFUSED -> refused(event);
      case SETTLED, CORRECTED -> reported(event);
      case INTERRUPTED, EXPIRED -> assumed(event);
      case POLICY_APPLIED, THRESHOLD_REACHED -> {
        // No money moves.
      }
      default -> deviate(event, "nothing here gives rise to it");
    }
  }

  private void held(LedgerEvent event) {
    if (event.getAmount().compareTo(rules.hold()) != 0) {
      deviate(event, "held %s in place of %s".formatted(event.getAmount(), rules.hold()));
    }
    books(event)
        .forEach((scope, book) -> {
          if (!fits(scope, book)) {
            falseAdmissions.add(describe(event) + " did not fit the budget of its " + scope);
          }
          book.held = book.held.add(rules.hold());
          overspent(scope, book);
        });
    spending(event)
        .allowances
        .put(String.valueOf(event.getAdmissionId()), new Allowance(rules.hold()));
    compare(event);
  }

  private void refused(LedgerEvent event) {
    refusals++;
    boolean full =
        books(event).entrySet().stream().anyMatch(book -> !fits(book.getKey(), book.getValue()));
    if (!full || !"BUDGET_EXCEEDED".equals(event.getReason())) {
      falseRefusals.add(describe(event) + " was refused for " + event.getReason());
    }
  }

  private void reported(LedgerEvent event) {
    Spending spending = spending(event);
    BigDecimal cost = ownCost(event.getAttempts());
    Allowance allowance = allowance(spending, event);
    BigDecimal change = allowance.reported(cost);
    if (event.getAmount().compareTo(event.getKind() == LedgerEventKind.SETTLED ? cost : change)
        != 0) {
      deviate(event, "says %s of %s, a change of %s".formatted(event.getAmount(), cost, change));
    }
    for (ChargedAttempt attempt : event.getAttempts()) {
      if (attempt.getUsage() != null) {
        spending.reported.add(attempt.getUsage());
      } else if (attempt.getSent()) {
        spending.callsWithoutUsage++;
      }
    }
    move(event, change, allowance.release());
  }

  /** Nobody can say what the admission was used for: all of it, then. */
  private void assumed(LedgerEvent event) {
    Allowance allowance = allowance(spending(event), event);
    BigDecimal change = allowance.assumed(rules.hold());
    if (event.getAmount().compareTo(rules.hold()) != 0) {
      deviate(event, "charges %s for a hold of %s".formatted(event.getAmount(), rules.hold()));
    }
    move(event, change, allowance.release());
  }

  private Allowance allowance(Spending spending, LedgerEvent event) {
    Allowance found = spending.allowances.get(String.valueOf(event.getAdmissionId()));
    if (found == null) {
      deviate(event, "is about money that was never held");
      return new Allowance(BigDecimal.ZERO);
    }
    return found;
  }

  private void move(LedgerEvent event, BigDecimal charged, BigDecimal released) {
    books(event)
        .forEach((scope, book) -> {
          BigDecimal before = book.committed();
          book.settled = book.settled.add(charged);
          book.held = book.held.subtract(released);
          if (book.committed().compareTo(before) > 0) {
            overspent(scope, book);
          }
        });
    compare(event);
  }

  private BigDecimal ownCost(List<ChargedAttempt> attempts) {
    return attempts.stream()
        .map(attempt -> {
          TokenUsage usage = attempt.getUsage();
          if (!attempt.getSent()) {
            return BigDecimal.ZERO;
          }
          return usage == null ? rules.tariff().ceiling() : rules.tariff().cost(usage);
        })
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private boolean fits(BudgetScope scope, Book book) {
    return book.committed().add(rules.hold()).compareTo(limit(scope)) <= 0;
  }

  private void overspent(BudgetScope scope, Book book) {
    overspend = overspend.max(book.committed().subtract(limit(scope)));
  }

  private BigDecimal limit(BudgetScope scope) {
    return Objects.requireNonNull(rules.limits().get(scope));
  }

  private Map<BudgetScope, Book> books(LedgerEvent event) {
    Map<BudgetScope, Book> found = new TreeMap<>();
    for (BudgetScope scope : rules.limits().keySet()) {
      String key =
          scope == BudgetScope.ACCOUNT
              ? event.getAccount()
              : event.getAccount() + '|' + scope + '|' + event.getUser();
      found.put(scope, books.computeIfAbsent(key, ignored -> new Book()));
    }
    return found;
  }

  /** What the ledger says of its balances has to be what is in these books. */
  private void compare(LedgerEvent event) {
    Map<BudgetScope, Book> own = books(event);
    if (event.getChanges().size() != own.size()) {
      deviate(
          event,
          "changes %d budgets in place of %d".formatted(event.getChanges().size(), own.size()));
    }
    for (BalanceChange change : event.getChanges()) {
      Book book = own.get(change.getScope());
      if (book == null
          || book.settled.compareTo(change.getSettled()) != 0
          || book.held.compareTo(change.getHeld()) != 0) {
        deviate(event, "leaves another balance than it should: " + change);
      }
    }
  }

  private Spending spending(LedgerEvent event) {
    return requests.computeIfAbsent(
        String.valueOf(event.getRequestId()), ignored -> new Spending());
  }

  private void deviate(LedgerEvent event, String what) {
    deviations.add(describe(event) + ": " + what);
  }

  private static String describe(LedgerEvent event) {
    return "%s of %s, %s #%d"
        .formatted(event.getKind(), event.getRequestId(), event.getAccount(), event.getSequence());
  }

  /** Of all requests that money was held for. */
  Map<String, Spending> requests() {
    return requests;
  }

  List<String> falseRefusals() {
    return falseRefusals;
  }

  List<String> falseAdmissions() {
    return falseAdmissions;
  }

  /** Where the ledger's own figures are not what they should be. */
  List<String> deviations() {
    return deviations;
  }

  /** The most that any budget ever had settled and held above its limit. */
  BigDecimal overspend() {
    return overspend;
  }

  int refusals() {
    return refusals;
  }

  /** Money that is still put aside. */
  BigDecimal held() {
    return books.values().stream().map(book -> book.held).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  long openHolds() {
    return requests.values().stream().filter(Spending::isOpen).count();
  }
}
