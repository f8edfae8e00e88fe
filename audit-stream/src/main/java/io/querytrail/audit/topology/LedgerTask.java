package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.LedgerView;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * Applies the ledger's facts and writes them out: ledger events, balances and alerts. Belongs to
 * one task.
 */
final class LedgerTask {
  private final BudgetLedger ledger;
  private final KeyValueLedgerState state;
  private final Output output;
  private final TaskId task;
  private final LedgerGauges gauges;
  private final TopologyMetrics metrics;
  private final LongSupplier nanoTime;

  LedgerTask(
      StreamDependencies dependencies,
      KeyValueLedgerState state,
      Output output,
      TaskId task,
      TopologyMetrics metrics) {
    this.ledger = dependencies.ledger();
    this.state = state;
    this.output = output;
    this.task = task;
    this.gauges = dependencies.gauges();
    this.metrics = metrics;
    this.nanoTime = dependencies.nanoTime();
  }

  /**
   * Decides, makes the decision's facts true and writes them out; the time of both is measured.
   *
   * @param command name under which it is measured
   */
  <R> R decide(
      String command,
      BiFunction<BudgetLedger, LedgerView, Decision<R>> decision,
      Instant at,
      TraceParent trace) {
    long start = nanoTime.getAsLong();
    Decision<R> decided = decision.apply(ledger, state);
    apply(decided.facts(), at, trace);
    metrics.decision(command, Duration.ofNanos(nanoTime.getAsLong() - start));
    return decided.response();
  }

  BudgetLedger ledger() {
    return ledger;
  }

  KeyValueLedgerState state() {
    return state;
  }

  void apply(List<LedgerFact> facts, Instant at, TraceParent trace) {
    apply(facts, null, at, trace);
  }

  /**
   * @param policy the event that a policy came in, as it goes into the history
   */
  void apply(
      List<LedgerFact> facts, @Nullable AccountPolicy policy, Instant at, TraceParent trace) {
    for (LedgerFact fact : facts) {
      ledger.apply(fact, state);
      gauges.applied(task, fact);
      AccountState account = state.account(fact.account());
      LedgerEvent.Builder event = FactMapper.event(fact, account, at);
      if (fact instanceof LedgerFact.PolicyApplied) {
        event.setPolicy(policy);
      }
      writeEvent(event.build(), at, trace);
      switch (fact) {
        case LedgerFact.Held held -> writeBalances(held.changes(), account, at, trace);
        case LedgerFact.Settled settled -> writeBalances(settled.changes(), account, at, trace);
        case LedgerFact.Assumed assumed -> writeBalances(assumed.changes(), account, at, trace);
        case LedgerFact.Corrected corrected ->
            writeBalances(corrected.changes(), account, at, trace);
        case LedgerFact.ThresholdsReached reached -> writeAlerts(reached, account, at, trace);
        case LedgerFact.Cancelled cancelled ->
            writeBalances(cancelled.changes(), account, at, trace);
        case LedgerFact.Adjusted adjusted ->
            writeBalances(List.of(adjusted.change()), account, at, trace);
        case LedgerFact.OrderRefused ignored -> {}
        case LedgerFact.Refused ignored -> {}
        case LedgerFact.Breached ignored -> {}
        case LedgerFact.PolicyApplied applied ->
            writeBalances(applied.changes(), account, at, trace);
        case LedgerFact.PolicyRefused ignored -> {}
      }
    }
  }

  private void writeEvent(LedgerEvent event, Instant at, TraceParent trace) {
    output.write(
        Topic.LEDGER,
        event.getAccount(),
        event,
        event.getAccount() + "/ledger/" + event.getSequence(),
        event.getRequestId() == null ? event.getAccount() : event.getRequestId(),
        at,
        trace);
  }

  private void writeBalances(
      List<LedgerFact.Change> changes, AccountState account, Instant at, TraceParent trace) {
    Policy policy = account.policy().orElseThrow();
    for (LedgerFact.Change change : changes) {
      Balance balance = change.after();
      String key = BalanceKeys.of(balance.key());
      if (policy.budget(balance.key()).isEmpty()) {
        // The policy dropped it; what still moves in it is on the ledger topic.
        output.delete(Topic.BALANCES, key, at);
        continue;
      }
      output.write(
          Topic.BALANCES,
          key,
          OutboundMapper.balance(
              balance, policy.currency(), policy.version(), account.sequence(), at),
          key + "/" + account.sequence(),
          key,
          at,
          trace);
    }
  }

  private void writeAlerts(
      LedgerFact.ThresholdsReached reached, AccountState account, Instant at, TraceParent trace) {
    for (int percent : reached.percents()) {
      BudgetAlert alert = FactMapper.alert(reached, percent, account.policy().orElseThrow(), at);
      output.write(
          Topic.ALERTS,
          alert.getAccount(),
          alert,
          alert.getAlertId(),
          alert.getAccount(),
          at,
          trace);
    }
  }
}
