package io.querytrail.benchmarks;

import io.querytrail.audit.AuditStreamConfig;
import io.querytrail.audit.AuditStreamService;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * How long audit-stream takes to admit again after a long history, and how long a what-if over that
 * history takes. The history is made by the stream itself, on a broker in this process.
 *
 * <p>Arguments: a directory for its data, and how many requests, by default a million.
 */
public final class LedgerHistoryReport {
  private static final int ACCOUNTS = 64;
  private static final String BUDGET =
      """
      account: any
      budgets:
        - {scope: account, period: month, limit: %s}
        - {scope: user, period: day, limit: %s}
      models: [{provider: openai, model: gpt-4o-mini}]
      datasources: [{name: shop, schemas: [shop]}]
      """;

  private LedgerHistoryReport() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Logs.onlyErrors();
    Path directory = Path.of(args[0]);
    int requests = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
    try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"))) {
      KafkaConfig kafka =
          new KafkaConfig(broker.bootstrapServers(), Map.of("compression.type", "lz4"));
      try (Admin admin = Admin.create(kafka.clientSettings())) {
        TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
      }
      System.out.printf("%,d requests of %d accounts%n", requests, ACCOUNTS);
      try (HistoryTraffic traffic = new HistoryTraffic(kafka, ACCOUNTS)) {
        try (AuditStreamService service = start(kafka, directory.resolve("state"))) {
          traffic.applyPolicies();
          Duration took = traffic.drive(service, 0, requests);
          tell("deciding and settling them", took);
          System.out.printf(
              "%-40s %,8d%n", "decisions/s", 2_000L * requests / Math.max(1, took.toMillis()));
        }
        tell(
            "until it admits again: state kept", again(kafka, directory.resolve("state"), traffic));
        tell(
            "until it admits again: state lost", again(kafka, directory.resolve("empty"), traffic));
      }
      Path connection =
          Files.writeString(
              directory.resolve("connection.yaml"),
              """
              kafka: {bootstrapServers: "%s"}
              log: {jdbcUrl: "jdbc:postgresql://localhost/none", user: none, password: none}
              """
                  .formatted(broker.bootstrapServers()));
      Path same =
          Files.writeString(directory.resolve("same.yaml"), BUDGET.formatted(1_000_000, 1_000_000));
      Path tight = Files.writeString(directory.resolve("tight.yaml"), BUDGET.formatted(2, 1));
      tell("what-if, the same policy", replay(connection, same));
      tell("what-if, a tighter policy", replay(connection, tight));
    }
  }

  private static void tell(String what, Duration took) {
    System.out.printf("%-40s %8.1f s%n", what, took.toMillis() / 1_000.0);
  }

  /** In large transactions: the history is made as fast as it can be. */
  private static AuditStreamService start(KafkaConfig kafka, Path stateDir) {
    return start(kafka, stateDir, 100);
  }

  static AuditStreamService start(KafkaConfig kafka, Path stateDir, int commitIntervalMillis) {
    return AuditStreamService.start(
        new AuditStreamConfig(
            kafka,
            new HttpConfig(null, 0),
            stateDir,
            "benchmark-1",
            null,
            commitIntervalMillis,
            null,
            new AuditStreamConfig.ChainConfig("chain-1", new Secret("a secret of the benchmark")),
            null,
            null,
            null));
  }

  /** From the start of the service to an answer for an account of every partition. */
  private static Duration again(KafkaConfig kafka, Path stateDir, HistoryTraffic traffic)
      throws InterruptedException {
    long begin = System.nanoTime();
    try (AuditStreamService service = start(kafka, stateDir)) {
      traffic.awaitAnswerEverywhere(service);
      return Duration.ofNanos(System.nanoTime() - begin);
    }
  }

  /** As a process of its own, as people run it. */
  private static Duration replay(Path connection, Path policy)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.querytrail.cli.Main",
                    "budget",
                    "replay",
                    "--all",
                    "--policy",
                    policy.toString(),
                    "--since",
                    "2020-01-01T00:00:00Z",
                    "--connection",
                    connection.toString()))
            .redirectErrorStream(true)
            .redirectOutput(new File(connection.resolveSibling("replay.out").toString()))
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(Files.readString(connection.resolveSibling("replay.out")));
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
