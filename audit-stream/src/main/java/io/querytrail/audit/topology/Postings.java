package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.audit.state.KeyValueLedgerState.ChainHead;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;

/** Seals into the audit chain what people posted to budgets. Belongs to one task. */
final class Postings {
  private final Output output;
  private final KeyValueLedgerState state;
  private final ChainKey chainKey;

  Postings(Output output, KeyValueLedgerState state, ChainKey chainKey) {
    this.output = output;
    this.state = state;
    this.chainKey = chainKey;
  }

  void write(LedgerFact.Adjusted fact, TraceParent trace) {
    Order order = fact.order();
    AccountId account = order.account();
    Balance after = fact.change().after();
    Money amount = fact.change().settledDelta();
    ChainHead before = state.chain(account);
    long sequence = before.sequence() + 1;
    BudgetAdjusted.Builder event =
        BudgetAdjusted.newBuilder()
            .setAccount(account.value())
            .setCommandId(order.id())
            .setScope(OutboundMapper.scope(after.key().scope()))
            .setScopeKey(after.key().scopeKey())
            .setPeriod(OutboundMapper.period(after.key().periodKind()))
            .setPeriodName(after.key().periodName())
            .setReset(fact.reset())
            .setAmount(amount.amount())
            .setSettled(after.settled().amount())
            .setCurrency(state.account(account).policy().map(Policy::currency).orElseThrow())
            .setReason(order.reason())
            .setRequestedBy(order.by())
            .setAdjustedAt(order.at())
            .setChainSequence(sequence)
            .setChainKeyId(chainKey.id())
            .setChainHash("");
    String hash = chainKey.seal(before.hash(), SealedContent.of(event.build()));
    state.putChain(account, new ChainHead(sequence, hash));
    output.write(
        Topic.AUDIT,
        account.value(),
        event.setChainHash(hash).build(),
        account + "/audit/" + sequence,
        order.id(),
        order.at(),
        trace);
  }
}
