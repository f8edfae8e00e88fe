package io.querytrail.cli;

import io.querytrail.events.BudgetBalance;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Budgets and their balances. */
@Command(
    name = "budget",
    mixinStandardHelpOptions = true,
    description = "Show what is settled, held and left.",
    subcommands = BudgetCommand.Show.class)
final class BudgetCommand {
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show the balances of an account.")
  static final class Show implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Parameters(paramLabel = "A", description = "The account.")
    String account = "";

    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    public Integer call() {
      Collection<BudgetBalance> balances = balances(connection.reachable().kafka(), account);
      if (json) {
        balances.forEach(balance -> System.out.println(Json.line(Json.of(balance))));
      } else if (balances.isEmpty()) {
        System.out.println("nothing was held or spent by " + account + " yet");
      } else {
        System.out.println(table(balances));
      }
      return ExitCodes.OK;
    }
  }

  private BudgetCommand() {}

  /** The newest balance of each budget and period of the account. */
  static Collection<BudgetBalance> balances(KafkaConfig kafka, String account) {
    Map<String, BudgetBalance> newest = new TreeMap<>();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.BALANCES, account)))
          .readToEnd(record ->
              reader
                  .event(record)
                  .filter(BudgetBalance.class::isInstance)
                  .map(BudgetBalance.class::cast)
                  .filter(balance -> balance.getAccount().equals(account))
                  .ifPresent(balance -> newest.put(key(balance), balance)));
    }
    return newest.values();
  }

  private static String key(BudgetBalance balance) {
    return balance.getPeriodName()
        + '|'
        + balance.getScope().ordinal()
        + '|'
        + balance.getPeriod()
        + '|'
        + balance.getScopeKey();
  }

  static String table(Collection<BudgetBalance> balances) {
    List<List<Object>> rows = new ArrayList<>();
    for (BudgetBalance balance : balances) {
      BigDecimal free =
          balance.getLimit().subtract(balance.getSettled()).subtract(balance.getHeld());
      rows.add(
          List.of(
              balance.getScope().name().toLowerCase(Locale.ROOT),
              balance.getScopeKey(),
              balance.getPeriodName(),
              balance.getCurrency(),
              balance.getLimit(),
              balance.getSettled(),
              balance.getHeld(),
              balance.getOpenHolds(),
              free,
              Tables.percent(balance.getSettled(), balance.getLimit())));
    }
    return Tables.of(
        List.of(
            "budget of", "key", "period", "in", "limit", "settled", "held", "open", "free", "used"),
        rows);
  }
}
