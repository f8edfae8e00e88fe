package io.querytrail.cli;

import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.topology.AuditChain;
import io.querytrail.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves that nobody changed, took out or put in an audit record. */
@Command(
    name = "chain",
    mixinStandardHelpOptions = true,
    description =
        "Follow the audit chain of each account through the audit topic and tell the first record"
            + " whose seal does not hold. With `audit verify` this proves the log itself. Exit code"
            + " 3 when a chain is broken.")
final class AuditChainCommand implements Callable<Integer> {
  private static final String DEFAULT_KEY_ID = "chain-1";

  /** The first broken record of an account, with its place. */
  record Broken(
      String account, long sequence, long expected, String fault, int partition, long offset) {}

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Holds the chain key (default: the environment's CHAIN_KEY, then the key that `up` made).")
  @Nullable Path keyFile;

  @Option(
      names = "--key-id",
      paramLabel = "ID",
      description = "Name of that key (default: CHAIN_KEY_ID, then " + DEFAULT_KEY_ID + ").")
  @Nullable String keyId;

  @Option(names = "--json", description = "One JSON object.")
  boolean json;

  @Override
  public Integer call() {
    Connection found = connection.reachable();
    AuditChain chain = new AuditChain(key());
    List<Broken> broken = new ArrayList<>();
    try (TopicReader reader = new TopicReader(found.kafka())) {
      List<TopicPartition> partitions = reader.partitions(Topic.AUDIT);
      reader
          .atBeginning(partitions)
          .readToEnd(record ->
              reader
                  .event(record)
                  .flatMap(chain::next)
                  .ifPresent(fault ->
                      broken.add(
                          new Broken(
                              fault.account(),
                              fault.sequence(),
                              fault.expected(),
                              fault.fault().name(),
                              record.partition(),
                              record.offset()))));
    }
    System.out.println(json ? json(chain, broken) : text(chain, broken));
    return broken.isEmpty() ? ExitCodes.OK : ExitCodes.REJECTED;
  }

  private ChainKey key() {
    String id = keyId == null ? environment("CHAIN_KEY_ID") : keyId;
    try {
      return new ChainKey(id == null ? DEFAULT_KEY_ID : id, secret());
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCodes.USAGE, e.getMessage() + "; use the stream's own key");
    }
  }

  private String secret() {
    Path file = keyFile;
    if (file == null) {
      String given = environment("CHAIN_KEY");
      if (given != null) {
        return given;
      }
      file = connection.stateDir.resolve("secrets").resolve("chain-key");
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "there is no chain key in %s; name a file with --key-file, or set CHAIN_KEY"
              .formatted(file));
    }
  }

  private static @Nullable String environment(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
  }

  private static String json(AuditChain chain, List<Broken> broken) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("records", chain.records());
    result.put("accounts", chain.accounts());
    result.put("withoutBeginning", chain.unanchored());
    result.put("broken", broken);
    return Json.line(result);
  }

  private static String text(AuditChain chain, List<Broken> broken) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "followed %d records of %d accounts; %d chains are broken"
            .formatted(chain.records(), chain.accounts(), broken.size()));
    if (chain.unanchored() > 0) {
      lines.add(
          "the first records of %d accounts are no longer on the topic; theirs are held against each"
                  .formatted(chain.unanchored())
              + " other from the oldest one on");
    }
    if (!broken.isEmpty()) {
      List<List<Object>> rows = new ArrayList<>();
      for (Broken one : broken) {
        rows.add(
            List.of(
                one.account(),
                one.sequence(),
                one.expected(),
                one.fault().toLowerCase(Locale.ROOT),
                one.partition() + ":" + one.offset()));
      }
      lines.add(Tables.of(List.of("account", "record", "expected", "what", "place"), rows));
    }
    return String.join("\n", lines);
  }
}
