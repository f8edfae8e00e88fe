package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the ledger's facts and writes them out: ledger events, balances and alerts. Belongs to
 * one task.
 */
final class LedgerTask {
  private final BudgetLedger ledger;
  private final KeyValueLedgerState state;
  private final Output output;

  LedgerTask(BudgetLedger ledger, KeyValueLedgerState state, Output output) {
    this.ledger = ledger;
    this.state = state;
    this.output = output;
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
        case LedgerFact.PolicyApplied ignored -> {}
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
