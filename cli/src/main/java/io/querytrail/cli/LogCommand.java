package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.sink.report.LogCursor;
import io.querytrail.sink.report.LogFilter;
import io.querytrail.sink.report.LogPage;
import io.querytrail.sink.report.LogQuery;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks into the log. */
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    description = "Looks into the log.",
    subcommands = LogCommand.Query.class)
final class LogCommand {
  private static final List<String> HEADERS =
      List.of(
          "created_at",
          "request_id",
          "account",
          "user",
          "team",
          "datasource",
          "verdict",
          "stage",
          "reason",
          "rules",
          "provider",
          "model",
          "cache_hit",
          "attempts",
          "input_tokens",
          "output_tokens",
          "cost",
          "currency",
          "execution_time_ms",
          "question",
          "generated_sql");

  private enum Verdict {
    APPROVED,
    REJECTED
  }

  private enum Cache {
    HIT,
    MISS
  }

  private LogCommand() {}

  @Command(
      name = "query",
      mixinStandardHelpOptions = true,
      description =
          "Requests of the log, the newest first. What is asked for twice over must hold at once."
              + " After a page the cursor of the next one is told, on standard error beside CSV.")
  static final class Query implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--account", paramLabel = "A", description = "Who paid.")
    @Nullable String account;

    @Option(names = "--user", paramLabel = "U", description = "Who asked.")
    @Nullable String user;

    @Option(names = "--datasource", paramLabel = "D", description = "Where it was to run.")
    @Nullable String datasource;

    @Option(names = "--verdict", paramLabel = "V", description = "${COMPLETION-CANDIDATES}.")
    @Nullable Verdict verdict;

    @Option(
        names = "--rule",
        paramLabel = "R",
        description = "Safety rule that was broken, such as RELATION_NOT_ALLOWED.")
    @Nullable String rule;

    @Option(
        names = "--reason",
        paramLabel = "R",
        description = "Why it was rejected, such as BUDGET_EXCEEDED.")
    @Nullable String reason;

    @Option(names = "--model", paramLabel = "M", description = "Model that answered.")
    @Nullable String model;

    @Option(
        names = "--cache",
        paramLabel = "C",
        description = "${COMPLETION-CANDIDATES}: whether a cache gave the answer.")
    @Nullable Cache cache;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Asked at that time or later, as 2026-11-21 or an instant.")
    @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Asked before that time.")
    @Nullable String until;

    @Option(names = "--min-cost", paramLabel = "N", description = "Cost that much or more.")
    @Nullable BigDecimal minCost;

    @Option(names = "--max-cost", paramLabel = "N", description = "Cost that much or less.")
    @Nullable BigDecimal maxCost;

    @Option(
        names = "--text",
        paramLabel = "T",
        description = "Stands in the question or the generated SQL, in upper or lower case.")
    @Nullable String text;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "Requests on a page, up to " + LogQuery.MAX_SIZE + " (default: 50).")
    int limit;

    @Option(
        names = "--after",
        paramLabel = "CURSOR",
        description = "Go on there: the cursor that the page before told.")
    @Nullable String after;

    @Option(names = "--json", description = "One JSON object a request, the cursor as a last one.")
    boolean json;

    @Option(names = "--csv", description = "Comma-separated values with a line of headers.")
    boolean csv;

    @Override
    public Integer call() throws SQLException {
      if (json && csv) {
        throw new CommandException(ExitCodes.USAGE, "--json and --csv are two forms; use one");
      }
      if (limit < 1 || limit > LogQuery.MAX_SIZE) {
        throw new CommandException(
            ExitCodes.USAGE,
            "--limit is %d; use 1 to %d, and --after for more".formatted(limit, LogQuery.MAX_SIZE));
      }
      LogFilter filter = filter();
      LogCursor cursor = cursor();
      LogPage page =
          new LogQuery(LogDatabase.open(connection.read().log())).page(filter, cursor, limit);
      print(page);
      return ExitCodes.OK;
    }

    private LogFilter filter() {
      Instant first = Times.instant("--since", since);
      Instant end = Times.instant("--until", until);
      if (first != null && end != null && !first.isBefore(end)) {
        throw new CommandException(
            ExitCodes.USAGE, "--until %s is not after --since %s".formatted(until, since));
      }
      if (minCost != null && maxCost != null && minCost.compareTo(maxCost) > 0) {
        throw new CommandException(
            ExitCodes.USAGE, "--max-cost %s is below --min-cost %s".formatted(maxCost, minCost));
      }
      return new LogFilter(
          account,
          user,
          datasource,
          verdict == null ? null : verdict.name(),
          rule,
          reason,
          model,
          cache == null ? null : Boolean.valueOf(cache == Cache.HIT),
          first,
          end,
          minCost,
          maxCost,
          text);
    }

    private @Nullable LogCursor cursor() {
      try {
        return after == null ? null : LogCursor.of(after);
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCodes.USAGE, "--after: " + e.getMessage() + "; copy the one that a page told");
      }
    }

    private void print(LogPage page) {
      LogCursor next = page.next();
      if (json) {
        page.rows().forEach(row -> System.out.println(Json.line(LogCommand.json(row))));
        if (next != null) {
          System.out.println(Json.line(Json.object().put("next", next.text())));
        }
        return;
      }
      if (csv) {
        System.out.println(Csv.line(HEADERS));
        page.rows().forEach(row -> System.out.println(Csv.line(cells(row))));
      } else if (page.rows().isEmpty()) {
        System.out.println(next == null ? "no such request" : "none among those looked at");
      } else {
        System.out.println(table(page.rows()));
      }
      if (next != null) {
        // Beside CSV it must not come between the lines.
        (csv ? System.err : System.out)
            .println(
                "looked back to %s; go on with --after %s"
                    .formatted(next.createdAt(), next.text()));
      }
    }
  }

  private static String table(List<LogPage.Row> rows) {
    List<List<Object>> cells = new ArrayList<>();
    for (LogPage.Row row : rows) {
      cells.add(
          List.of(
              row.createdAt(),
              row.requestId(),
              row.account(),
              row.user(),
              (row.reason() == null ? row.verdict() : row.reason()).toLowerCase(Locale.ROOT),
              Tables.orDash(row.model()),
              row.cost(),
              Tables.orDash(row.currency()),
              Tables.cut(row.question(), 40)));
    }
    return Tables.of(
        List.of(
            "asked",
            "request",
            "account",
            "user",
            "verdict",
            "model",
            "cost",
            "currency",
            "question"),
        cells);
  }

  private static List<@Nullable Object> cells(LogPage.Row row) {
    return Arrays.asList(
        row.createdAt(),
        row.requestId(),
        row.account(),
        row.user(),
        row.team(),
        row.datasource(),
        row.verdict(),
        row.stage(),
        row.reason(),
        row.rules(),
        row.provider(),
        row.model(),
        row.cacheHit(),
        row.attempts(),
        row.inputTokens(),
        row.outputTokens(),
        row.cost(),
        row.currency(),
        row.executionTimeMillis(),
        row.question(),
        row.generatedSql());
  }

  private static ObjectNode json(LogPage.Row row) {
    ObjectNode node = Json.object();
    List<@Nullable Object> cells = cells(row);
    for (int i = 0; i < cells.size(); i++) {
      Object cell = cells.get(i);
      node.set(
          HEADERS.get(i),
          HEADERS.get(i).equals("rules") && cell != null
              ? Json.parsed(cell.toString())
              : Json.MAPPER.valueToTree(cell instanceof BigDecimal cost ? Json.plain(cost) : cell));
    }
    return node;
  }
}
