package io.querytrail.benchmarks;

import io.querytrail.audit.AuditStreamService;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.KafkaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The ledger where it works: audit-stream with its store in RocksDB and its settings of a fresh
 * installation, and a broker, both in this process. How many decisions it makes in a second with a
 * queue before it, and how long a request waits for its admission when there is none.
 *
 * <p>Arguments: a directory for its data, and how many requests, by default 40,000.
 */
public final class TopologyReport {
  private static final int ACCOUNTS = 64;
  private static final int WARM_UP = 10_000;
  private static final int ONE_BY_ONE = 500;
  private static final int COMMIT_INTERVAL_MILLIS = 10;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private TopologyReport() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Logs.onlyErrors();
    Path directory = Path.of(args[0]);
    int requests = args.length > 1 ? Integer.parseInt(args[1]) : 40_000;
    try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"))) {
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      try (Admin admin = Admin.create(kafka.clientSettings())) {
        TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
      }
      try (HistoryTraffic traffic = new HistoryTraffic(kafka, ACCOUNTS);
          AuditStreamService service =
              LedgerHistoryReport.start(
                  kafka, directory.resolve("state"), COMMIT_INTERVAL_MILLIS)) {
        traffic.applyPolicies();
        traffic.drive(service, 0, WARM_UP);
        report(traffic, service, kafka, requests);
      }
    }
  }

  private static void report(
      HistoryTraffic traffic, AuditStreamService service, KafkaConfig kafka, int requests)
      throws InterruptedException {
    long millis = traffic.drive(service, WARM_UP, WARM_UP + requests).toMillis();
    long[] latencies = latencies(traffic, kafka);
    System.out.printf("topology with RocksDB, %,d requests of %d accounts%n", requests, ACCOUNTS);
    System.out.printf("%-58s%,12d%n", "decisions/s, with a queue", 2_000L * requests / millis);
    System.out.printf(
        "%-58s%,12d us%n",
        "a decision with its rows and records, mean",
        traffic.decisionTime(service).toNanos() / 1_000);
    System.out.printf(
        "%-58s%,12.1f ms%n",
        "request to admission, one by one, median", latencies[ONE_BY_ONE / 2] / 1e6);
    System.out.printf(
        "%-58s%,12.1f ms%n",
        "request to admission, one by one, p95", latencies[ONE_BY_ONE * 95 / 100] / 1e6);
  }

  /**
   * From before a request is sent until a reader of committed records has its admission, sorted.
   */
  private static long[] latencies(HistoryTraffic traffic, KafkaConfig kafka) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("isolation.level", "read_committed");
    settings.put("fetch.max.wait.ms", 5);
    long[] nanos = new long[ONE_BY_ONE];
    try (KafkaConsumer<byte[], byte[]> admissions =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          admissions.partitionsFor(Topic.ADMISSIONS.topicName()).stream()
              .map(found -> new TopicPartition(found.topic(), found.partition()))
              .toList();
      admissions.assign(partitions);
      admissions.seekToEnd(partitions);
      partitions.forEach(admissions::position);
      for (int i = 0; i < ONE_BY_ONE; i++) {
        long begin = System.nanoTime();
        traffic.ask(i);
        while (admissions.poll(Duration.ofMillis(100)).isEmpty()) {
          if (System.nanoTime() - begin > LONGEST_WAIT.toNanos()) {
            throw new IllegalStateException("no admission within " + LONGEST_WAIT);
          }
        }
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }
}
