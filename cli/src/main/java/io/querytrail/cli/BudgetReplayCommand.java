package io.querytrail.cli;

import io.querytrail.audit.HistoryPrices;
import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.audit.topology.LedgerHistory;
import io.querytrail.audit.whatif.Outcome;
import io.querytrail.audit.whatif.Totals;
import io.querytrail.audit.whatif.WhatIf;
import io.querytrail.audit.whatif.WhatIfException;
import io.querytrail.events.AccountPolicy;
import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What another policy would have done. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Decide the requests of the past again, under another policy, and show who would have been refused or admitted.",
      "What a request used is what it used. One that was refused has no known use: it is estimated by the mean of the same user's",
      "requests to the same model so far, else to any model, else by its whole hold, and marked so.",
      "Nothing is changed. Requests from before --since that were still open then move their money as they did."
    })
final class BudgetReplayCommand implements Callable<Integer> {
  private static final int SHOWN = 100;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(
      paramLabel = "A",
      arity = "0..1",
      description = "The account; leave it out with --all.")
  @Nullable String account;

  @Option(names = "--all", description = "Every account, each under the same policy.")
  boolean all;

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "NEW.yaml",
      description = "The policy to try, whichever account it names.")
  Path policy = Path.of("");

  @Option(
      names = "--since",
      required = true,
      paramLabel = "TIME",
      description = "From here on, such as 2026-11-01T00:00:00Z.")
  String since = "";

  @Option(names = "--until", paramLabel = "TIME", description = "To here; by default to the end.")
  @Nullable String until;

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "The stream's price file, if it has one of its own.")
  @Nullable Path prices;

  @Option(
      names = "--json",
      description =
          "JSON lines: one for each request that would have gone another way, then one for each account.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (all == (account != null)) {
      throw new CommandException(ExitCodes.USAGE, "name one account, or give --all");
    }
    Instant from = instant("--since", since);
    Instant to = until == null ? Instant.MAX : instant("--until", until);
    BudgetLedger ledger = new BudgetLedger(HistoryPrices.of(Optional.ofNullable(prices)));
    Function<AccountId, Policy> tried = tried();
    try {
      PriceBook applied =
          new PriceBook(
              new PriceTopic(connection.reachable().kafka())
                  .tables().stream().map(TableDocument::table).toList());
      LedgerReplay replay =
          new LedgerReplay(
              connection.reachable().kafka(), () -> new WhatIf(ledger, applied, tried, from, to));
      print(account == null ? replay.everything() : replay.of(account));
    } catch (WhatIfException | IllegalStateException e) {
      throw new CommandException(ExitCodes.FAILED, String.valueOf(e.getMessage()));
    }
    return ExitCodes.OK;
  }

  private Function<AccountId, Policy> tried() {
    AccountPolicy event = ConfigFile.load(policy, AccountFile.class).event(1);
    return id ->
        LedgerHistory.policy(AccountPolicy.newBuilder(event).setAccount(id.value()).build());
  }

  private static Instant instant(String option, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          option + " is '" + text + "'; use an instant such as 2026-11-21T10:00:00Z");
    }
  }

  private void print(List<WhatIf> parts) {
    List<Outcome> outcomes = parts.stream().flatMap(part -> part.outcomes().stream()).toList();
    List<Totals> totals = parts.stream().flatMap(part -> part.totals().stream()).toList();
    if (json) {
      outcomes.forEach(outcome -> System.out.println(Json.line(fields(outcome))));
      totals.forEach(total -> System.out.println(Json.line(fields(total))));
      return;
    }
    if (outcomes.isEmpty()) {
      System.out.println("no request would have gone another way");
    } else {
      System.out.println(table(outcomes));
    }
    if (outcomes.size() > SHOWN) {
      System.out.printf("and %d more; --json shows all%n", outcomes.size() - SHOWN);
    }
    System.out.println(sums(totals));
  }

  private static String table(List<Outcome> outcomes) {
    List<List<Object>> rows = new ArrayList<>();
    for (Outcome outcome : outcomes.subList(0, Math.min(SHOWN, outcomes.size()))) {
      rows.add(
          List.of(
              outcome.at(),
              outcome.account(),
              outcome.user(),
              outcome.request(),
              outcome.was().orElse("admitted"),
              outcome.wouldBe().orElse("admitted"),
              outcome.paid(),
              (outcome.estimated() ? "~" : "") + outcome.wouldPay()));
    }
    return Tables.of(
        List.of("at", "account", "user", "request", "was", "would be", "cost", "would cost"), rows);
  }

  private static String sums(List<Totals> totals) {
    List<List<Object>> rows = new ArrayList<>();
    for (Totals total : totals) {
      rows.add(
          List.of(
              total.account(),
              total.requests(),
              total.refused(),
              total.admitted(),
              total.currency(),
              total.paid(),
              total.wouldPay(),
              total.estimated(),
              total.difference()));
    }
    return Tables.of(
        List.of(
            "account",
            "requests",
            "newly refused",
            "newly admitted",
            "in",
            "cost",
            "would cost",
            "of it estimated",
            "difference"),
        rows);
  }

  private static Map<String, Object> fields(Outcome outcome) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("account", outcome.account().value());
    fields.put("requestId", outcome.request().value());
    fields.put("user", outcome.user());
    fields.put("requestedAt", outcome.at().toString());
    fields.put("was", outcome.was().orElse("ADMITTED"));
    fields.put("wouldBe", outcome.wouldBe().orElse("ADMITTED"));
    fields.put("message", outcome.message());
    fields.put("cost", outcome.paid().amount());
    fields.put("wouldCost", outcome.wouldPay().amount());
    fields.put("estimated", outcome.estimated());
    return fields;
  }

  private static Map<String, Object> fields(Totals total) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("account", total.account().value());
    fields.put("requests", total.requests());
    fields.put("newlyRefused", total.refused());
    fields.put("newlyAdmitted", total.admitted());
    fields.put("currency", total.currency());
    fields.put("cost", total.paid().amount());
    fields.put("wouldCost", total.wouldPay().amount());
    fields.put("estimatedCost", total.estimated().amount());
    fields.put("difference", total.difference().amount());
    return fields;
  }
}
