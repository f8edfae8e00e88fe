package io.querytrail.cli;

import io.querytrail.sink.AuditVerification;
import io.querytrail.sink.AuditVerification.PartitionResult;
import io.querytrail.sink.AuditVerification.Result;
import io.querytrail.sink.AuditVerification.Scope;
import io.querytrail.sink.log.Finding;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proofs about the log. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Proves that the log is what Kafka says.",
    subcommands = {AuditCommand.Verify.class, AuditChainCommand.class})
final class AuditCommand {
  private AuditCommand() {}

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Compare the audit topic and the log, record by record: missing, duplicate, differing and"
              + " unexpected rows. Changes nothing. Exit code 3 when they differ.")
  static final class Verify implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(
        names = "--partitions",
        split = ",",
        paramLabel = "N",
        description = "Partitions of the audit topic, parted by commas (default: all).")
    List<Integer> partitions = List.of();

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "Records appended at that time or later, as 2026-11-21 or an instant.")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Records appended before that time.")
    @Nullable String to;

    @Option(
        names = "--from-offset",
        paramLabel = "N",
        description = "From this offset of each partition on.")
    @Nullable Long fromOffset;

    @Option(
        names = "--to-offset",
        paramLabel = "N",
        description = "Up to but without this offset of each partition.")
    @Nullable Long toOffset;

    @Option(names = "--json", description = "One JSON object.")
    boolean json;

    @Override
    public Integer call() throws SQLException {
      Scope scope = scope();
      Connection found = connection.reachable();
      Result result = AuditVerification.of(found.kafka(), LogDatabase.open(found.log()), scope);
      Set<Integer> unknown = new HashSet<>(scope.partitions());
      result.partitions().forEach(partition -> unknown.remove(partition.partition()));
      if (!unknown.isEmpty()) {
        throw new CommandException(
            ExitCodes.USAGE, "the audit topic has no partition " + unknown.iterator().next());
      }
      System.out.println(json ? Json.line(result) : text(result));
      return result.agrees() ? ExitCodes.OK : ExitCodes.REJECTED;
    }

    private Scope scope() {
      Instant first = Times.instant("--from", from);
      Instant end = Times.instant("--to", to);
      if (first != null && end != null && !first.isBefore(end)) {
        throw new CommandException(
            ExitCodes.USAGE, "--to %s is not after --from %s".formatted(to, from));
      }
      if (fromOffset != null && toOffset != null && fromOffset >= toOffset) {
        throw new CommandException(
            ExitCodes.USAGE,
            "--to-offset %d is not after --from-offset %d".formatted(toOffset, fromOffset));
      }
      return new Scope(new HashSet<>(partitions), fromOffset, toOffset, first, end);
    }
  }

  static String text(Result result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "compared %d records in %d partitions"
            .formatted(result.records(), result.partitions().size()));
    lines.add("missing    " + result.missing());
    lines.add("duplicate  " + result.duplicate());
    lines.add("differing  " + result.differing());
    lines.add("unexpected " + result.unexpected());
    if (result.deadLettered() > 0) {
      lines.add(result.deadLettered() + " are among the dead letters, and rightly have no row");
    }
    if (result.notStoredYet() > 0) {
      lines.add(
          "%d offsets are not stored yet (partitions %s); run the sink, then verify again"
              .formatted(
                  result.notStoredYet(),
                  result.partitions().stream()
                      .filter(partition -> partition.notStoredYet() > 0)
                      .map(PartitionResult::partition)
                      .toList()));
    }
    if (!result.findings().isEmpty()) {
      lines.add(Tables.of(List.of("what", "place", "account", "request", "detail"), rows(result)));
    }
    return String.join("\n", lines);
  }

  private static List<List<Object>> rows(Result result) {
    List<List<Object>> rows = new ArrayList<>();
    for (Finding finding : result.findings()) {
      rows.add(
          List.of(
              finding.kind().name().toLowerCase(Locale.ROOT),
              finding.partition() + ":" + finding.offset(),
              Tables.orDash(finding.account()),
              Tables.orDash(finding.requestId()),
              finding.detail()));
    }
    return rows;
  }
}
