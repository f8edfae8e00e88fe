package io.querytrail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Budgets and their balances. */
@Command(
    name = "budget",
    mixinStandardHelpOptions = true,
    description = "Show what is settled, held and left, and change it.",
    subcommands = {
      BudgetCommand.Show.class,
      BudgetChangeCommand.Adjust.class,
      BudgetChangeCommand.Reset.class,
      BudgetReplayCommand.class
    })
final class BudgetCommand {
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show the balances of an account.")
  static final class Show implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Parameters(paramLabel = "A", description = "The account.")
    String account = "";

    @Option(
        names = "--at",
        paramLabel = "TIME|OFFSET",
        description =
            "As of an instant (2026-11-21T10:00:00Z) or of a record of the ledger topic, both included.")
    @Nullable String at;

    @Option(names = "--holds", description = "Also list the requests that hold money.")
    boolean holds;

    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    public Integer call() {
      KafkaConfig kafka = connection.reachable().kafka();
      LedgerHistory history =
          at == null && !holds
              ? null
              : history(kafka, account, at == null ? Until.END : Until.of(at));
      Collection<BudgetBalance> balances =
          history != null && at != null ? history.balances() : balances(kafka, account);
      if (json) {
        Map<String, List<String>> holders =
            history == null || !holds ? Map.of() : history.holdersByBudget();
        balances.forEach(balance -> System.out.println(Json.line(fields(balance, holders))));
      } else if (balances.isEmpty()) {
        System.out.println(
            "nothing was held or spent by " + account + (at == null ? " yet" : " until then"));
      } else {
        System.out.println(table(balances));
      }
      if (history != null && holds) {
        printHolders(history);
      }
      return ExitCodes.OK;
    }

    private void printHolders(LedgerHistory history) {
      if (json) {
        System.out.println(Json.line(Map.of("holds", history.holders())));
      } else if (history.holders().isEmpty()) {
        System.out.println("no request holds money");
      } else {
        history
            .holdersByBudget()
            .forEach((budget, requests) ->
                System.out.println(budget + " is held by " + String.join(", ", requests)));
      }
    }

    private JsonNode fields(BudgetBalance balance, Map<String, List<String>> holders) {
      JsonNode fields = Json.of(balance);
      if (holds && fields instanceof ObjectNode object) {
        ArrayNode ids = object.putArray("heldBy");
        holders.getOrDefault(LedgerHistory.name(balance), List.of()).forEach(ids::add);
      }
      return fields;
    }
  }

  /** How far the ledger is read. */
  private record Until(Instant time, long offset) {
    static final Until END = new Until(Instant.MAX, Long.MAX_VALUE);

    static Until of(String text) {
      if (text.chars().allMatch(Character::isDigit)) {
        try {
          return new Until(Instant.MAX, Long.parseLong(text));
        } catch (NumberFormatException e) {
          throw new CommandException(
              ExitCodes.USAGE, "--at is '" + text + "'; no offset is that large");
        }
      }
      try {
        return new Until(Instant.parse(text), Long.MAX_VALUE);
      } catch (DateTimeParseException e) {
        throw new CommandException(
            ExitCodes.USAGE,
            "--at is '" + text + "'; use an instant such as 2026-11-21T10:00:00Z, or an offset");
      }
    }

    boolean includes(ConsumerRecord<byte[], byte[]> record) {
      return record.offset() <= offset && !Instant.ofEpochMilli(record.timestamp()).isAfter(time);
    }
  }

  /** The account's history up to there. */
  private static LedgerHistory history(KafkaConfig kafka, String account, Until until) {
    LedgerHistory history = new LedgerHistory();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.LEDGER, account)))
          .readToEnd(record -> {
            if (until.includes(record)) {
              reader
                  .event(record)
                  .filter(LedgerEvent.class::isInstance)
                  .map(LedgerEvent.class::cast)
                  .filter(event -> event.getAccount().equals(account))
                  .ifPresent(event -> history.add(event, Instant.ofEpochMilli(record.timestamp())));
            }
          });
    }
    return history;
  }

  private BudgetCommand() {}

  /** The newest balance of each budget and period of the account. */
  static Collection<BudgetBalance> balances(KafkaConfig kafka, String account) {
    Map<String, BudgetBalance> newest = new HashMap<>();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.BALANCES, account)))
          .readToEnd(record -> {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
              // Its policy dropped the budget.
              newest.remove(key);
            } else if (reader.event(record).orElse(null) instanceof BudgetBalance balance
                && balance.getAccount().equals(account)) {
              newest.put(key, balance);
            }
          });
    }
    return newest.values().stream().sorted(Comparator.comparing(BudgetCommand::key)).toList();
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
              balance.getPeriodEnd() == null ? "" : balance.getPeriodEnd(),
              balance.getCurrency(),
              balance.getLimit(),
              balance.getSettled(),
              balance.getHeld(),
              balance.getOpenHolds(),
              free,
              Tables.percent(balance.getSettled(), balance.getLimit()),
              unlessZero(balance.getRolledOver()),
              unlessZero(balance.getAdjusted()),
              balance.getAlerted().stream()
                  .map(percent -> percent + " %")
                  .collect(Collectors.joining(", "))));
    }
    return Tables.of(
        List.of(
            "budget of",
            "key",
            "period",
            "until",
            "in",
            "limit",
            "settled",
            "held",
            "open",
            "free",
            "used",
            "carried",
            "posted",
            "alerted"),
        rows);
  }

  private static Object unlessZero(BigDecimal amount) {
    return amount.signum() == 0 ? "" : amount;
  }
}
