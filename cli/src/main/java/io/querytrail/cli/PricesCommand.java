package io.querytrail.cli;

import io.querytrail.audit.prices.Moments;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What models cost. */
@Command(
    name = "prices",
    mixinStandardHelpOptions = true,
    description = "Show what models cost, or apply other prices.",
    subcommands = {
      PricesCommand.ListPrices.class,
      PricesCommand.Show.class,
      PricesCommand.Apply.class
    })
final class PricesCommand {
  /** Which table, and as of when. */
  static final class Choice {
    @Option(
        names = "--currency",
        paramLabel = "CODE",
        defaultValue = "USD",
        description = "The table of which currency (default: ${DEFAULT-VALUE}).")
    String currency = "USD";

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "As of a day or an instant, in place of now.")
    @Nullable String at;

    TableDocument inForce(PriceTables tables, Instant moment) {
      return tables
          .at(moment, currency)
          .orElseThrow(() ->
              new CommandException(
                  ExitCodes.REJECTED,
                  "no price table in %s is in force at %s".formatted(currency, moment)));
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the price table in force; each price is for a million tokens.")
  static final class ListPrices implements Callable<Integer> {
    @Mixin PriceOptions prices = new PriceOptions();

    @Option(
        names = "--provider",
        paramLabel = "P",
        description = "Only the models of one provider.")
    @Nullable String provider;

    @Mixin Choice choice = new Choice();

    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    public Integer call() {
      PriceTables tables = prices.tables();
      Instant moment = moment(choice.at);
      TableDocument table = choice.inForce(tables, moment);
      List<PriceText.Line> lines =
          PriceText.lines(table).stream()
              .filter(line -> provider == null || line.provider().equals(provider))
              .toList();
      if (json) {
        lines.forEach(line -> System.out.println(Json.line(line.json(table))));
        return ExitCodes.OK;
      }
      System.out.println(PriceText.head(table));
      tables
          .all()
          .filter(other -> other.table().effective().isAfter(moment))
          .forEach(later -> System.out.println("later: " + PriceText.head(later)));
      System.out.println(
          lines.isEmpty() ? "no model of " + provider + " is in it" : PriceText.table(lines));
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show what one model costs. Exit code 3 says that it has no price.")
  static final class Show implements Callable<Integer> {
    @Mixin PriceOptions prices = new PriceOptions();

    @Parameters(paramLabel = "PROVIDER:MODEL", description = "As a policy names them.")
    String model = "";

    @Mixin Choice choice = new Choice();

    @Option(names = "--json", description = "Print the price as JSON.")
    boolean json;

    @Override
    public Integer call() {
      int colon = model.indexOf(':');
      if (colon <= 0) {
        throw new CommandException(
            ExitCodes.USAGE, "'" + model + "' is not of the form provider:model");
      }
      Instant moment = moment(choice.at);
      TableDocument table = choice.inForce(prices.tables(), moment);
      return table
          .table()
          .schedule(model.substring(0, colon), model.substring(colon + 1))
          .map(schedule -> {
            System.out.println(
                json
                    ? Json.line(PriceText.json(model, table, schedule.at(moment)))
                    : PriceText.model(model, table, schedule, moment));
            return ExitCodes.OK;
          })
          .orElseThrow(() ->
              new CommandException(
                  ExitCodes.REJECTED,
                  "%s has no price in %s; requests for it are refused as UNPRICED_MODEL"
                      .formatted(model, table.version())));
    }
  }

  @Command(
      name = "apply",
      mixinStandardHelpOptions = true,
      description =
          "Put a price table in force and wait until it is, in every partition. What was admitted before keeps its"
              + " price. Exit code 3 says that it was refused.")
  static final class Apply implements Callable<Integer> {
    @Mixin PriceOptions prices = new PriceOptions();

    @Option(
        names = {"-f", "--file"},
        required = true,
        paramLabel = "F.yaml",
        description = "The table; see docs/prices.md.")
    Path file = Path.of("");

    @Option(
        names = "--effective-from",
        paramLabel = "TIME",
        description = "A day or an instant, in place of the file's; now where neither says one.")
    @Nullable String effectiveFrom;

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      TableDocument table = ConfigFile.load(file, TableDocument.class);
      if (effectiveFrom != null || table.effective() == null) {
        table = table.effectiveFrom(moment(effectiveFrom).toString());
      }
      TableDocument whole = prices.tables().whole(table);
      int partitions = new PriceTopic(prices.connection.reachable().kafka()).apply(whole);
      System.out.println(
          json
              ? Json.line(
                  Map.of(
                      "version",
                      whole.version(),
                      "effective",
                      whole.table().effective(),
                      "partitions",
                      partitions))
              : "prices %s are known in all %d partitions and hold from %s on"
                  .formatted(whole.version(), partitions, whole.table().effective()));
      return ExitCodes.OK;
    }
  }

  private static Instant moment(@Nullable String text) {
    try {
      return text == null ? Instant.now() : Moments.parse("the time", text);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCodes.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
