package io.querytrail.cli;

import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.MonthPartitions;
import io.querytrail.sink.postgres.MonthPartitions.Part;
import io.querytrail.sink.postgres.MonthPartitions.RefusedException;
import io.querytrail.sink.postgres.PartitionArchive;
import io.querytrail.sink.postgres.PartitionKeeper;
import io.querytrail.sink.postgres.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The months of the log. */
@Command(
    name = "partitions",
    mixinStandardHelpOptions = true,
    description = "The months of the log: make, list, take out, put back, archive and drop.",
    subcommands = {
      PartitionsCommand.Ensure.class,
      PartitionsCommand.ListMonths.class,
      PartitionsCommand.Detach.class,
      PartitionsCommand.Attach.class,
      PartitionsCommand.Drop.class
    })
final class PartitionsCommand {
  private static final int DEFAULT_AHEAD = 3;

  private PartitionsCommand() {}

  /** What all of them take. */
  abstract static class OnTables implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(
        names = "--table",
        split = ",",
        paramLabel = "TABLE",
        description = "Only these tables, such as ai_query_log (default: all).")
    List<String> tables = List.of();

    List<String> tables() {
      for (String table : tables) {
        if (!MonthPartitions.TABLES.contains(table)) {
          throw new CommandException(
              ExitCodes.USAGE,
              "'%s' is no partitioned table; there are %s"
                  .formatted(table, String.join(", ", MonthPartitions.TABLES)));
        }
      }
      return tables.isEmpty() ? MonthPartitions.TABLES : tables;
    }

    DataSource log() {
      return LogDatabase.open(connection.read().owner());
    }

    MonthPartitions months() {
      return new MonthPartitions(log(), calendar(DEFAULT_AHEAD));
    }

    @Override
    public final Integer call() throws SQLException, IOException {
      try {
        return run();
      } catch (RefusedException e) {
        throw new CommandException(ExitCodes.REJECTED, String.valueOf(e.getMessage()));
      }
    }

    abstract int run() throws SQLException, IOException;
  }

  private static PartitionCalendar calendar(int ahead) {
    return new PartitionCalendar(Clock.systemUTC(), ahead);
  }

  private static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandException(
          ExitCodes.USAGE, "--month is '" + text + "'; use a month such as 2026-11");
    }
  }

  @Command(
      name = "ensure",
      mixinStandardHelpOptions = true,
      description =
          "Make what is missing of the current month and those ahead, in every table; the sink does"
              + " this by itself, and for late rows.")
  static final class Ensure extends OnTables {
    @Option(
        names = "--ahead",
        paramLabel = "N",
        defaultValue = "" + DEFAULT_AHEAD,
        description = "Months beyond the current one (default: ${DEFAULT-VALUE}).")
    int ahead;

    @Option(names = "--dry-run", description = "Only say what would be made.")
    boolean dryRun;

    @Override
    int run() throws SQLException {
      if (ahead < 0 || ahead > 24) {
        throw new CommandException(ExitCodes.USAGE, "--ahead is " + ahead + "; use 0 to 24");
      }
      List<String> missing = new ArrayList<>();
      List<Part> there = months().list(MonthPartitions.TABLES);
      for (String table : MonthPartitions.TABLES) {
        for (YearMonth month : calendar(ahead).upcoming()) {
          if (there.stream()
              .noneMatch(part -> part.table().equals(table) && month.equals(part.month()))) {
            missing.add(table + " " + month);
          }
        }
      }
      if (!dryRun) {
        new PartitionKeeper(log(), calendar(ahead)).keepAhead();
      }
      missing.forEach(one -> System.out.println((dryRun ? "would make " : "made ") + one));
      if (missing.isEmpty()) {
        System.out.println("nothing is missing");
      }
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description =
          "List the months with their size, and the rows that are in no month's partition.")
  static final class ListMonths extends OnTables {
    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    int run() throws SQLException {
      List<Part> parts = months().list(tables());
      if (json) {
        parts.forEach(part -> System.out.println(Json.line(part)));
      } else {
        System.out.println(table(parts));
        long strays =
            parts.stream()
                .filter(part -> part.state() == MonthPartitions.State.DEFAULT)
                .mapToLong(Part::rows)
                .sum();
        if (strays > 0) {
          System.out.println(
              strays
                  + " rows are in default partitions: of impossible times, or of months that"
                  + " were taken out; attach brings the latter back");
        }
      }
      return ExitCodes.OK;
    }
  }

  static String table(List<Part> parts) {
    List<List<Object>> rows = new ArrayList<>();
    for (Part part : parts) {
      rows.add(
          List.of(
              part.table(),
              Tables.orDash(part.month()),
              part.state().name().toLowerCase(Locale.ROOT),
              part.rows(),
              part.bytes()));
    }
    return Tables.of(List.of("table", "month", "state", "rows (about)", "bytes"), rows);
  }

  /** Those that act on one month. */
  abstract static class OnMonth extends OnTables {
    @Option(
        names = "--month",
        required = true,
        paramLabel = "MONTH",
        description = "The month, as 2024-11.")
    String month = "";

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    List<Part> parts(MonthPartitions.State state) throws SQLException {
      YearMonth wanted = month(month);
      List<Part> found =
          months().list(tables()).stream()
              .filter(part -> wanted.equals(part.month()) && part.state() == state)
              .toList();
      if (found.isEmpty()) {
        throw new CommandException(
            ExitCodes.FAILED,
            "no table has %s %s".formatted(wanted, state.name().toLowerCase(Locale.ROOT)));
      }
      return found;
    }
  }

  @Command(
      name = "detach",
      mixinStandardHelpOptions = true,
      description =
          "Take a month out of the log. Its rows stay in tables of their own until they are attached"
              + " or dropped. Only months that are over.")
  static final class Detach extends OnMonth {
    @Override
    int run() throws SQLException {
      for (Part part : parts(MonthPartitions.State.ATTACHED)) {
        if (!dryRun) {
          months().detach(part.table(), Objects.requireNonNull(part.month()));
        }
        System.out.println((dryRun ? "would detach " : "detached ") + part.name());
      }
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "attach",
      mixinStandardHelpOptions = true,
      description = "Put a month back into the log, with what came of it meanwhile.")
  static final class Attach extends OnMonth {
    @Override
    int run() throws SQLException {
      for (Part part : parts(MonthPartitions.State.DETACHED)) {
        if (!dryRun) {
          months().attach(part.table(), Objects.requireNonNull(part.month()));
        }
        System.out.println((dryRun ? "would attach " : "attached ") + part.name());
      }
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "drop",
      mixinStandardHelpOptions = true,
      description =
          "Drop a detached month, or every month older than so many: those are detached first. Each"
              + " is written to the archive and compared with it before it is dropped.")
  static final class Drop extends OnTables {
    @Option(names = "--month", paramLabel = "MONTH", description = "One detached month.")
    @Nullable String month;

    @Option(
        names = "--keep-months",
        paramLabel = "N",
        description = "Everything but this many whole months before the current one.")
    @Nullable Integer keepMonths;

    @Option(
        names = "--archive",
        paramLabel = "DIR",
        description = "Where to write NAME.copy.gz, NAME.sha256 and NAME.schema.sql.")
    @Nullable Path archive;

    @Option(names = "--without-archive", description = "The rows are not wanted any more.")
    boolean withoutArchive;

    @Option(names = "--dry-run", description = "Only say what would be dropped.")
    boolean dryRun;

    @Override
    int run() throws SQLException, IOException {
      check();
      List<Part> due = due();
      for (Part part : due) {
        if (!dryRun) {
          drop(part);
        }
        System.out.println((dryRun ? "would drop " : "dropped ") + part.name());
      }
      if (due.isEmpty()) {
        System.out.println("nothing is that old");
      }
      return ExitCodes.OK;
    }

    private void check() {
      if ((month == null) == (keepMonths == null)) {
        throw new CommandException(
            ExitCodes.USAGE, "say what to drop: --month MONTH or --keep-months N");
      }
      if (keepMonths != null && keepMonths < 1) {
        throw new CommandException(
            ExitCodes.USAGE, "--keep-months is " + keepMonths + "; use 1 or more");
      }
      if (!dryRun && (archive == null) == !withoutArchive) {
        throw new CommandException(
            ExitCodes.USAGE,
            "say where the rows go: --archive DIR, or --without-archive to lose them");
      }
    }

    private List<Part> due() throws SQLException {
      if (keepMonths != null) {
        return new Retention(months(), keepMonths, archive).due(tables());
      }
      YearMonth wanted = month(Objects.requireNonNull(month));
      List<Part> found =
          months().list(tables()).stream().filter(part -> wanted.equals(part.month())).toList();
      if (found.isEmpty()) {
        throw new CommandException(ExitCodes.FAILED, "no table has the month " + wanted);
      }
      return found;
    }

    private void drop(Part part) throws SQLException, IOException {
      MonthPartitions months = months();
      YearMonth of = Objects.requireNonNull(part.month());
      if (keepMonths != null) {
        months.detach(part.table(), of);
      }
      PartitionArchive.Written written =
          archive == null ? null : months.archive(part.table(), of, archive);
      months.drop(part.table(), of, written);
    }
  }
}
