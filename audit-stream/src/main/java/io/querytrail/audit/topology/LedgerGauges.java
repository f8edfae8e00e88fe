package io.querytrail.audit.topology;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.state.DueHold;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAccumulator;
import org.apache.kafka.streams.processor.TaskId;

/**
 * The ledger's money as numbers to watch, over all tasks of the instance. Each task has one writer;
 * whoever scrapes reads at any time.
 */
public final class LedgerGauges {
  /** What one task holds. */
  private static final class Holds {
    final AtomicInteger open = new AtomicInteger();
    final Map<String, BigDecimal> held = new ConcurrentHashMap<>();

    void change(int holds, Money amount, String currency) {
      open.addAndGet(holds);
      held.merge(currency, amount.amount(), BigDecimal::add);
    }
  }

  private final MeterRegistry registry;
  private final Map<TaskId, Holds> tasks = new ConcurrentHashMap<>();
  private final Set<String> currencies = ConcurrentHashMap.newKeySet();
  private final DoubleAccumulator excess =
      new DoubleAccumulator(Math::max, Double.NEGATIVE_INFINITY);

  public LedgerGauges(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("querytrail.ledger.holds.open", this, LedgerGauges::openHolds)
        .description("Admissions that hold money now")
        .register(registry);
    Gauge.builder("querytrail.ledger.excess", this, LedgerGauges::excess)
        .description("Most by which an admission left a hard budget above its limit; never above 0")
        .register(registry);
  }

  /** A task came to this instance with these holds. */
  void opened(TaskId task, List<DueHold> due) {
    Holds holds = new Holds();
    due.forEach(hold -> holds.change(1, hold.held(), hold.currency()));
    tasks.put(task, holds);
    holds.held.keySet().forEach(this::registerHeld);
  }

  /** A task left. */
  void closed(TaskId task) {
    tasks.remove(task);
  }

  /** Takes account of a fact that was applied. */
  void applied(TaskId task, LedgerFact fact) {
    switch (fact) {
      case LedgerFact.Held held -> {
        change(task, 1, held.request().admission().held(), held.request().admission().currency());
        registerHeld(held.request().admission().currency());
        held.changes().forEach(change -> admitted(change.after()));
      }
      case LedgerFact.Settled settled -> paid(task, settled.dispatch(), settled.admission());
      case LedgerFact.Corrected corrected ->
          paid(task, corrected.dispatch(), corrected.admission());
      case LedgerFact.Assumed assumed -> givenUp(task, assumed.admission());
      case LedgerFact.Cancelled cancelled -> givenUp(task, cancelled.admission());
      case LedgerFact.Refused refused ->
          refused
              .refusal()
              .receipt()
              .ifPresent(receipt ->
                  count("querytrail.ledger.refused", receipt.asked(), receipt.currency()));
      default -> {
        // Moves no money of requests.
      }
    }
  }

  /** Its hold is charged whole. */
  private void givenUp(TaskId task, Admission admission) {
    change(task, -1, admission.held().negated(), admission.currency());
    charged(admission.held(), admission.currency());
  }

  private void paid(TaskId task, LedgerFact.Dispatch dispatch, Admission admission) {
    if (dispatch.released()) {
      change(task, -1, admission.held().negated(), admission.currency());
    }
    charged(dispatch.delta(), admission.currency());
  }

  private void charged(Money amount, String currency) {
    if (amount.isNegative()) {
      count("querytrail.ledger.taken.back", amount.negated(), currency);
    } else {
      count("querytrail.ledger.charged", amount, currency);
    }
  }

  private void count(String meter, Money amount, String currency) {
    registry.counter(meter, "currency", currency).increment(amount.amount().doubleValue());
  }

  private void change(TaskId task, int holds, Money amount, String currency) {
    tasks.computeIfAbsent(task, any -> new Holds()).change(holds, amount, currency);
  }

  private void admitted(Balance after) {
    if (after.hard()) {
      excess.accumulate(after.committed().minus(after.limit()).amount().doubleValue());
    }
  }

  private void registerHeld(String currency) {
    if (!currencies.add(currency)) {
      return;
    }
    Gauge.builder("querytrail.ledger.held", this, gauges -> gauges.held(currency))
        .description("Money put aside for open admissions")
        .tag("currency", currency)
        .register(registry);
  }

  private double openHolds() {
    return tasks.values().stream().mapToInt(holds -> holds.open.get()).sum();
  }

  private double held(String currency) {
    return tasks.values().stream()
        .map(holds -> holds.held.getOrDefault(currency, BigDecimal.ZERO))
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .doubleValue();
  }

  /** Nothing was admitted yet: no excess either. */
  private double excess() {
    double most = excess.get();
    return most == Double.NEGATIVE_INFINITY ? Double.NaN : most;
  }
}
