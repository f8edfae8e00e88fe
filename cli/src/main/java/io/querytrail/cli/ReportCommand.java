package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.sink.report.CostReport;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reports on the log. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Reports on the log.",
    subcommands = ReportCommand.Cost.class)
final class ReportCommand {
  private enum Format {
    TABLE,
    CSV,
    JSON
  }

  private ReportCommand() {}

  @Command(
      name = "cost",
      mixinStandardHelpOptions = true,
      description = "What requests cost, by any combination of keys. Days and months are UTC's.")
  static final class Cost implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(
        names = "--by",
        split = ",",
        paramLabel = "KEY",
        defaultValue = "account",
        description =
            "Any of ${COMPLETION-CANDIDATES}, parted by commas (default: ${DEFAULT-VALUE}).")
    List<GroupKey> by = List.of();

    @Option(
        names = "--since",
        paramLabel = "DAY",
        description = "First day, as 2026-11-01 or 2026-11.")
    @Nullable String since;

    @Option(names = "--until", paramLabel = "DAY", description = "First day that no longer counts.")
    @Nullable String until;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Format format = Format.TABLE;

    @Option(names = "--json", description = "The same as --format json.")
    boolean json;

    @Option(names = "--csv", description = "The same as --format csv.")
    boolean csv;

    @Override
    public Integer call() throws SQLException {
      if (json && csv) {
        throw new CommandException(ExitCodes.USAGE, "--json and --csv are two forms; use one");
      }
      LocalDate first = day("--since", since);
      LocalDate end = day("--until", until);
      if (first != null && end != null && !first.isBefore(end)) {
        throw new CommandException(
            ExitCodes.USAGE,
            "--until %s is not after --since %s, so no day is between them"
                .formatted(until, since));
      }
      // Asked for twice is shown once.
      List<GroupKey> keys = by.stream().distinct().toList();
      List<CostReport.Row> rows =
          new CostReport(LogDatabase.open(connection.read().log())).rows(keys, first, end);
      print(keys, rows, json ? Format.JSON : csv ? Format.CSV : format);
      return ExitCodes.OK;
    }

    private static @Nullable LocalDate day(String option, @Nullable String text) {
      if (text == null) {
        return null;
      }
      try {
        return text.length() == "2026-11".length()
            ? YearMonth.parse(text).atDay(1)
            : LocalDate.parse(text);
      } catch (DateTimeParseException e) {
        throw new CommandException(
            ExitCodes.USAGE,
            option + " is '" + text + "'; use a day such as 2026-11-21, or a month");
      }
    }
  }

  private static void print(List<GroupKey> by, List<CostReport.Row> rows, Format format) {
    switch (format) {
      case TABLE -> System.out.println(table(by, rows));
      case CSV -> csv(by, rows);
      case JSON -> rows.forEach(row -> System.out.println(Json.line(json(row))));
    }
  }

  static String table(List<GroupKey> by, List<CostReport.Row> rows) {
    List<List<Object>> cells = new ArrayList<>();
    for (CostReport.Row row : rows) {
      cells.add(cells(row));
    }
    if (rows.size() > 1) {
      cells.addAll(totals(by, rows));
    }
    return Tables.of(headers(by), cells);
  }

  /** One line a currency: amounts of different currencies are never added up. */
  private static List<List<Object>> totals(List<GroupKey> by, List<CostReport.Row> rows) {
    return rows.stream()
        .map(CostReport.Row::currency)
        .distinct()
        .sorted()
        .<List<Object>>map(currency -> {
          List<CostReport.Row> same =
              rows.stream().filter(row -> row.currency().equals(currency)).toList();
          List<Object> cells = new ArrayList<>();
          by.forEach(key -> cells.add(cells.isEmpty() ? "TOTAL" : ""));
          cells.add(same.stream().mapToLong(CostReport.Row::requests).sum());
          cells.add(same.stream().mapToLong(CostReport.Row::approved).sum());
          cells.add(same.stream().mapToLong(CostReport.Row::rejected).sum());
          cells.add(same.stream().mapToLong(CostReport.Row::inputTokens).sum());
          cells.add(same.stream().mapToLong(CostReport.Row::outputTokens).sum());
          cells.add(
              same.stream().map(CostReport.Row::cost).reduce(BigDecimal.ZERO, BigDecimal::add));
          cells.add(currency);
          return cells;
        })
        .toList();
  }

  private static List<String> headers(List<GroupKey> by) {
    List<String> headers =
        by.stream().map(ReportCommand::name).collect(Collectors.toCollection(ArrayList::new));
    headers.addAll(
        List.of(
            "requests",
            "approved",
            "rejected",
            "input_tokens",
            "output_tokens",
            "cost",
            "currency"));
    return headers;
  }

  private static List<Object> cells(CostReport.Row row) {
    List<Object> cells = new ArrayList<>(row.keys().values());
    cells.addAll(
        List.of(
            row.requests(),
            row.approved(),
            row.rejected(),
            row.inputTokens(),
            row.outputTokens(),
            row.cost(),
            row.currency()));
    return cells;
  }

  private static void csv(List<GroupKey> by, List<CostReport.Row> rows) {
    System.out.println(Csv.line(headers(by)));
    rows.forEach(row -> System.out.println(Csv.line(cells(row))));
  }

  private static ObjectNode json(CostReport.Row row) {
    ObjectNode node = Json.object();
    row.keys().forEach((key, value) -> node.put(name(key), value));
    node.put("requests", row.requests());
    node.put("approved", row.approved());
    node.put("rejected", row.rejected());
    node.put("input_tokens", row.inputTokens());
    node.put("output_tokens", row.outputTokens());
    node.put("cost", Json.plain(row.cost()));
    node.put("currency", row.currency());
    return node;
  }

  private static String name(GroupKey key) {
    return key.name().toLowerCase(Locale.ROOT);
  }
}
