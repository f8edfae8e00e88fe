package io.querytrail.cli;

import io.querytrail.events.AdjustBudget;
import io.querytrail.events.BalanceChange;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.ResetBudget;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What people change about the money of one budget. */
final class BudgetChangeCommand {
  private static final int SCALE = 12;
  private static final int MAX_WHOLE_DIGITS = 16;

  @Command(
      name = "adjust",
      mixinStandardHelpOptions = true,
      description = {
        "Post an amount to what is settled in one budget, such as a credit note or a late bill.",
        "It is a fact of the ledger and a sealed record of the audit chain. No other budget moves, and holds stay.",
        "For more room raise the limit: querytrail account apply. Exit code 3 says that it was refused."
      })
  static final class Adjust implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();
    @Mixin BudgetOptions budget = new BudgetOptions();

    @Option(
        names = "--amount",
        required = true,
        paramLabel = "+/-X",
        description = "Added to what is settled, in the account's currency; negative takes away.")
    BigDecimal amount = BigDecimal.ZERO;

    @Override
    public Integer call() throws InterruptedException {
      String id = UUID.randomUUID().toString();
      AdjustBudget command =
          AdjustBudget.newBuilder()
              .setCommandId(id)
              .setAccount(budget.account)
              .setScope(budget.eventScope())
              .setScopeKey(budget.scopeKey())
              .setPeriod(budget.eventPeriod())
              .setPeriodName(budget.periodName)
              .setAmount(exact(amount))
              .setReason(budget.reason)
              .setRequestedBy(budget.by)
              .build();
      return tell(
          budget, new Orders(connection.reachable().kafka()).give(command, budget.account, id));
    }
  }

  @Command(
      name = "reset",
      mixinStandardHelpOptions = true,
      description = {
        "Set what is settled in one budget back to nothing.",
        "It is a fact of the ledger and a sealed record of the audit chain. Holds stay, and alerts that were raised are not raised again.",
        "Exit code 3 says that it was refused."
      })
  static final class Reset implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();
    @Mixin BudgetOptions budget = new BudgetOptions();

    @Override
    public Integer call() throws InterruptedException {
      String id = UUID.randomUUID().toString();
      ResetBudget command =
          ResetBudget.newBuilder()
              .setCommandId(id)
              .setAccount(budget.account)
              .setScope(budget.eventScope())
              .setScopeKey(budget.scopeKey())
              .setPeriod(budget.eventPeriod())
              .setPeriodName(budget.periodName)
              .setReason(budget.reason)
              .setRequestedBy(budget.by)
              .build();
      return tell(
          budget, new Orders(connection.reachable().kafka()).give(command, budget.account, id));
    }
  }

  private BudgetChangeCommand() {}

  private static BigDecimal exact(BigDecimal amount) {
    if (amount.stripTrailingZeros().scale() > SCALE
        || (long) amount.precision() - amount.scale() > MAX_WHOLE_DIGITS) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--amount is " + amount.toPlainString() + "; use at most 16 digits and 12 decimals");
    }
    return amount.setScale(SCALE, RoundingMode.UNNECESSARY);
  }

  private static int tell(BudgetOptions budget, LedgerEvent answer) {
    if (budget.json) {
      System.out.println(Json.line(Json.of(answer)));
      return ExitCodes.OK;
    }
    BalanceChange change = answer.getChanges().getFirst();
    System.out.printf(
        "posted %s %s to %s %s in %s: %s of %s settled, %s held%n",
        plain(answer.getAmount()),
        answer.getCurrency(),
        change.getScope().name().toLowerCase(Locale.ROOT),
        change.getScopeKey(),
        change.getPeriodName(),
        plain(change.getSettled()),
        plain(change.getLimit()),
        plain(change.getHeld()));
    return ExitCodes.OK;
  }

  private static String plain(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
