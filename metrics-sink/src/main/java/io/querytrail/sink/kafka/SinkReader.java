package io.querytrail.sink.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The Kafka side of the sink: its clients and the thread that drives them. */
public final class SinkReader implements AutoCloseable {
  private static final List<String> TOPICS =
      List.of(Topic.AUDIT.topicName(), Topic.EXECUTIONS.topicName(), Topic.ALERTS.topicName());

  private static final int MAX_POLL_RECORDS = 500;
  private static final int MAX_PARTITION_BYTES = 8 * 1024 * 1024;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private final Admin admin;
  private final DeadLetters deadLetters;
  private final List<KafkaClientMetrics> clientMetrics;
  private final SinkWorker worker;
  private final Thread thread;

  private SinkReader(
      Admin admin,
      DeadLetters deadLetters,
      List<KafkaClientMetrics> clientMetrics,
      SinkWorker worker) {
    this.admin = admin;
    this.deadLetters = deadLetters;
    this.clientMetrics = clientMetrics;
    this.worker = worker;
    this.thread = Thread.ofPlatform().name("metrics-sink").unstarted(worker);
  }

  /**
   * Begins to read.
   *
   * @param store for this reader alone
   * @throws IllegalStateException when topics are missing
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer
   */
  public static SinkReader start(
      KafkaConfig kafka,
      String groupId,
      BatchLimits limits,
      LogStore store,
      MeterRegistry registry,
      HealthChecks health) {
    Admin admin = Admin.create(kafka.clientSettings());
    try {
      StreamIds streamIds = new StreamIds(admin);
      List<String> needed = new ArrayList<>(TOPICS);
      needed.add(Topic.DEAD_LETTERS.topicName());
      streamIds.require(needed);
      return start(kafka, groupId, limits, store, registry, health, admin, streamIds);
    } catch (RuntimeException e) {
      admin.close();
      throw e;
    }
  }

  private static SinkReader start(
      KafkaConfig kafka,
      String groupId,
      BatchLimits limits,
      LogStore store,
      MeterRegistry registry,
      HealthChecks health,
      Admin admin,
      StreamIds streamIds) {
    EventDeserializer events = new EventDeserializer();
    events.configure(kafka.clientSettings(), false);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            consumerSettings(kafka, groupId, limits),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    DeadLetters deadLetters = DeadLetters.open(kafka.clientSettings());
    List<KafkaClientMetrics> clientMetrics =
        List.of(new KafkaClientMetrics(consumer), new KafkaClientMetrics(deadLetters.producer()));
    clientMetrics.forEach(metrics -> metrics.bindTo(registry));
    SinkMetrics metrics = new SinkMetrics(registry);
    ConsumerWatch watch = new ConsumerWatch(consumer, metrics);
    SinkWorker worker =
        new SinkWorker(
            consumer,
            TOPICS,
            streamIds,
            store,
            new Pending(new EventMapper(events), limits, store),
            new BatchFlush(deadLetters, metrics),
            watch);
    health.ready("store", worker::trouble);
    health.ready("kafka", watch::trouble);
    health.live("worker", () -> reason(worker.failure()));
    SinkReader reader = new SinkReader(admin, deadLetters, clientMetrics, worker);
    reader.thread.start();
    return reader;
  }

  private static Map<String, Object> consumerSettings(
      KafkaConfig kafka, String groupId, BatchLimits limits) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("group.id", groupId);
    settings.put("group.protocol", "consumer");
    // What an aborted transaction wrote never happened.
    settings.put("isolation.level", "read_committed");
    // Positions come from the database alone; there is no position to fall back to in silence.
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("max.poll.records", Math.min(limits.maxRecords(), MAX_POLL_RECORDS));
    int maxBytes = (int) Math.min(limits.maxBytes(), Integer.MAX_VALUE);
    settings.put("fetch.max.bytes", maxBytes);
    // A batch of few partitions, each with much of its own, has fewer lines to add to the sums.
    settings.put("max.partition.fetch.bytes", Math.min(maxBytes, MAX_PARTITION_BYTES));
    return settings;
  }

  private static Optional<String> reason(CompletableFuture<Void> failure) {
    return failure.isCompletedExceptionally()
        ? Optional.of(failure.exceptionNow().toString())
        : Optional.empty();
  }

  /** Completes exceptionally when the reader has given up. */
  public CompletableFuture<Void> failure() {
    return worker.failure();
  }

  /** Writes what is in hand, leaves the group, stops. */
  @Override
  public void close() {
    worker.stop();
    try {
      thread.join(STOP_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    clientMetrics.forEach(KafkaClientMetrics::close);
    deadLetters.close();
    admin.close(Duration.ofSeconds(5));
  }
}
