package io.querytrail.generator.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.querytrail.generator.generation.Generator;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Admissions in, generations out, until it is closed or broken. */
public final class GenerationPipeline implements AutoCloseable {
  /** Records of one poll; they wait in memory for their turn. */
  private static final int MAX_POLL_RECORDS = 500;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final AdmissionWorker worker;
  private final Outbox outbox;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaClientMetrics consumerMetrics;
  private final KafkaClientMetrics producerMetrics;

  private GenerationPipeline(
      AdmissionWorker worker,
      Outbox outbox,
      KafkaProducer<byte[], byte[]> producer,
      KafkaClientMetrics consumerMetrics,
      KafkaClientMetrics producerMetrics) {
    this.worker = worker;
    this.outbox = outbox;
    this.producer = producer;
    this.consumerMetrics = consumerMetrics;
    this.producerMetrics = producerMetrics;
  }

  /** Connects and begins to read. */
  public static GenerationPipeline start(
      PipelineSettings settings,
      Generator generator,
      MeterRegistry metrics,
      Clock clock,
      RandomGenerator random) {
    EventDeserializer deserializer = new EventDeserializer();
    deserializer.configure(settings.client(), false);
    EventSerializer serializer = new EventSerializer();
    serializer.configure(settings.client(), false);
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            producerSettings(settings), new ByteArraySerializer(), new ByteArraySerializer());
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            consumerSettings(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    Outbox outbox = new Outbox(producer, serializer, clock);
    AdmissionHandler handler =
        new AdmissionHandler(
            new AdmissionReader(deserializer),
            generator,
            outbox,
            random,
            metrics.counter("querytrail.generator.dead.letters"),
            metrics.counter("querytrail.generator.interrupted"));
    AdmissionWorker worker =
        new AdmissionWorker(
            consumer,
            Topic.ADMISSIONS.topicName(),
            handler,
            settings.maxInFlight(),
            settings.drainTimeout());
    metrics.gauge("querytrail.generator.in.flight", worker, AdmissionWorker::inFlight);
    metrics.gauge("querytrail.generator.draining", worker, AdmissionWorker::draining);
    KafkaClientMetrics consumerMetrics = new KafkaClientMetrics(consumer);
    consumerMetrics.bindTo(metrics);
    KafkaClientMetrics producerMetrics = new KafkaClientMetrics(producer);
    producerMetrics.bindTo(metrics);
    worker.start();
    return new GenerationPipeline(worker, outbox, producer, consumerMetrics, producerMetrics);
  }

  /** Completes exceptionally when no more admissions can be read or generations written. */
  public CompletableFuture<Void> failure() {
    return worker.failure();
  }

  /** Why no admissions are read, where that is so. */
  public Optional<String> consumerProblem() {
    return worker.health().problem();
  }

  /** Why no generations are written, where that is so. */
  public Optional<String> producerProblem() {
    return outbox.problem();
  }

  private static Map<String, Object> producerSettings(PipelineSettings settings) {
    Map<String, Object> producer = new HashMap<>(settings.client());
    producer.putIfAbsent("client.id", settings.groupId() + "-producer");
    producer.putIfAbsent("linger.ms", 0);
    producer.put("acks", "all");
    producer.put("enable.idempotence", true);
    producer.put("max.request.size", Topic.MAX_RECORD_BYTES);
    return producer;
  }

  private static Map<String, Object> consumerSettings(PipelineSettings settings) {
    Map<String, Object> consumer = new HashMap<>(settings.client());
    consumer.putIfAbsent("client.id", settings.groupId() + "-consumer");
    consumer.putIfAbsent("fetch.max.wait.ms", 100);
    consumer.put("group.id", settings.groupId());
    consumer.put("group.protocol", "consumer");
    consumer.put("isolation.level", "read_committed");
    consumer.put("enable.auto.commit", false);
    // Where nothing is committed the worker seeks; anything else missing is a loss, to be seen.
    consumer.put("auto.offset.reset", "none");
    consumer.put("max.poll.records", MAX_POLL_RECORDS);
    return consumer;
  }

  /** Finishes what is in hand, within its bounds. */
  @Override
  public void close() {
    worker.close();
    outbox.flush();
    producer.close(CLOSE_TIMEOUT);
    consumerMetrics.close();
    producerMetrics.close();
  }
}
