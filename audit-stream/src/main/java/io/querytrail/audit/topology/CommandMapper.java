package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetTarget;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.money.Money;
import io.querytrail.events.AdjustBudget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.CancelRequest;
import io.querytrail.events.ResetBudget;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** From people's commands to what the ledger understands. */
final class CommandMapper {
  private static final int MAX_REASON = 1_000;
  private static final int MAX_NAME = 128;

  private CommandMapper() {}

  /** Who ordered it and why; empty for an event that is no command. */
  static Optional<Order> order(SpecificRecord event, Instant at) {
    return switch (event) {
      case AdjustBudget adjust ->
          Optional.of(
              order(
                  adjust.getAccount(),
                  adjust.getCommandId(),
                  adjust.getRequestedBy(),
                  adjust.getReason(),
                  at));
      case ResetBudget reset ->
          Optional.of(
              order(
                  reset.getAccount(),
                  reset.getCommandId(),
                  reset.getRequestedBy(),
                  reset.getReason(),
                  at));
      case CancelRequest cancel ->
          Optional.of(
              order(
                  cancel.getAccount(),
                  cancel.getCommandId(),
                  cancel.getRequestedBy(),
                  cancel.getReason(),
                  at));
      default -> Optional.empty();
    };
  }

  private static Order order(String account, String id, String by, String reason, Instant at) {
    return new Order(
        new AccountId(account),
        id,
        InboundMapper.cut(by, MAX_NAME),
        InboundMapper.cut(reason, MAX_REASON),
        at);
  }

  /**
   * @throws IllegalArgumentException when it says what is not known here
   * @throws ArithmeticException when the amount is beyond what money can be
   */
  static LedgerCommand.Adjust adjust(AdjustBudget event, Order order) {
    return new LedgerCommand.Adjust(
        order,
        target(event.getScope(), event.getScopeKey(), event.getPeriod(), event.getPeriodName()),
        Optional.of(new Money(event.getAmount())));
  }

  /**
   * @throws IllegalArgumentException when it says what is not known here
   */
  static LedgerCommand.Adjust reset(ResetBudget event, Order order) {
    return new LedgerCommand.Adjust(
        order,
        target(event.getScope(), event.getScopeKey(), event.getPeriod(), event.getPeriodName()),
        Optional.empty());
  }

  private static BudgetTarget target(
      io.querytrail.events.BudgetScope scope,
      String scopeKey,
      BudgetPeriod period,
      @Nullable String periodName) {
    return new BudgetTarget(
        InboundMapper.scope(scope),
        scopeKey,
        InboundMapper.period(period),
        Optional.ofNullable(periodName));
  }
}
