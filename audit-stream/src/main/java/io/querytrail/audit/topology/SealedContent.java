package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.money.Money;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import java.util.Optional;

/** What of each kind of audit record the chain seals. The record must have its sequence number. */
final class SealedContent {
  private SealedContent() {}

  static ChainContent of(QueryAudited record) {
    return new ChainContent()
        .value("kind", "verdict")
        .value("sequence", record.getChainSequence())
        .value("account", record.getAccount())
        .value("request", record.getRequestId())
        .value("user", record.getUser())
        .value("team", Optional.ofNullable(record.getTeam()))
        .value("datasource", Optional.ofNullable(record.getDatasource()))
        .value("verdict", record.getVerdict())
        .value("stage", Optional.ofNullable(record.getStage()))
        .value("reason", Optional.ofNullable(record.getReason()))
        .text("question", Optional.of(record.getQuestion()))
        .text("generatedSql", Optional.ofNullable(record.getGeneratedSql()))
        .text("approvedSql", Optional.ofNullable(record.getApprovedSql()))
        .value("provider", Optional.ofNullable(record.getProvider()))
        .value("model", Optional.ofNullable(record.getModel()))
        .value("cost", new Money(record.getCost()))
        .value("currency", Optional.ofNullable(record.getCurrency()))
        .value("priceVersion", Optional.ofNullable(record.getPriceVersion()))
        .value("policyVersion", Optional.ofNullable(record.getPolicyVersion()))
        .value("requestedAt", record.getRequestedAt());
  }

  static ChainContent of(QueryCorrected record) {
    return new ChainContent()
        .value("kind", "correction")
        .value("sequence", record.getChainSequence())
        .value("account", record.getAccount())
        .value("request", record.getRequestId())
        .value("delta", new Money(record.getDelta()))
        .value("at", record.getCorrectedAt());
  }

  static ChainContent of(BudgetAdjusted record) {
    BudgetKey budget =
        new BudgetKey(
            new AccountId(record.getAccount()),
            InboundMapper.scope(record.getScope()),
            record.getScopeKey(),
            InboundMapper.period(record.getPeriod()),
            record.getPeriodName());
    return new ChainContent()
        .value("kind", "adjustment")
        .value("sequence", record.getChainSequence())
        .value("account", record.getAccount())
        .value("command", record.getCommandId())
        .value("budget", BalanceKeys.of(budget))
        .value("period", budget.periodKind())
        .value("reset", record.getReset())
        .value("amount", new Money(record.getAmount()))
        .value("settled", new Money(record.getSettled()))
        .value("by", record.getRequestedBy())
        .text("reason", Optional.of(record.getReason()))
        .value("at", record.getAdjustedAt());
  }
}
