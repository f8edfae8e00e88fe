package io.querytrail.audit.alerts;

import io.querytrail.events.BudgetAlert;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads alerts and has them delivered one by one; goes on polling meanwhile, so that it stays a
 * member of its group however long a delivery takes. One thread runs it, any may close it.
 */
final class AlertWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertWorker.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final String UNDELIVERED = "WEBHOOK_FAILED";
  private static final String UNDECODABLE = "UNDECODABLE";

  private final KafkaConfig kafka;
  private final AlertDelivery delivery;
  private final WebhookMetrics metrics;
  private final EventDeserializer events = new EventDeserializer();
  private volatile boolean closed;
  private volatile boolean busy;

  AlertWorker(KafkaConfig kafka, AlertDelivery delivery, WebhookMetrics metrics) {
    this.kafka = kafka;
    this.delivery = delivery;
    this.metrics = metrics;
    events.configure(kafka.clientSettings(), false);
  }

  boolean isClosed() {
    return closed;
  }

  /** Works until it is closed or fails. */
  void run() throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer();
        KafkaProducer<byte[], byte[]> deadLetters = producer();
        ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor()) {
      consumer.subscribe(List.of(Topic.ALERTS.topicName()), new PausedWhileBusy(consumer));
      try {
        while (!closed) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            handle(record, consumer, deadLetters, deliveries);
          }
        }
      } finally {
        deliveries.shutdownNow();
      }
    }
  }

  private void handle(
      ConsumerRecord<byte[], byte[]> record,
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> deadLetters,
      ExecutorService deliveries)
      throws InterruptedException {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (closed || !consumer.assignment().contains(partition)) {
      return;
    }
    Optional<BudgetAlert> alert = alert(record);
    if (alert.isEmpty()) {
      setAside(record, UNDECODABLE, "the record is no alert", deadLetters);
    } else {
      Future<Optional<String>> delivered = deliveries.submit(deliver(alert.get()));
      await(consumer, delivered);
      if (!delivered.isDone()) {
        // It is being closed: the alert is posted again after the next start.
        return;
      }
      Optional<String> reason = reason(delivered);
      if (reason.isPresent()) {
        setAside(record, UNDELIVERED, reason.get(), deadLetters);
      }
    }
    commit(consumer, partition, record.offset() + 1);
  }

  private Callable<Optional<String>> deliver(BudgetAlert alert) {
    return () -> delivery.deliver(alert);
  }

  private Optional<BudgetAlert> alert(ConsumerRecord<byte[], byte[]> record) {
    try {
      return events.deserialize(record.topic(), record.value()) instanceof BudgetAlert alert
          ? Optional.of(alert)
          : Optional.empty();
    } catch (SerializationException e) {
      return Optional.empty();
    }
  }

  /** Polls until the delivery is done, or this is closed. */
  private void await(KafkaConsumer<byte[], byte[]> consumer, Future<Optional<String>> delivered) {
    busy = true;
    consumer.pause(consumer.assignment());
    try {
      while (!delivered.isDone() && !closed) {
        if (!consumer.poll(POLL).isEmpty()) {
          throw new IllegalStateException("a paused partition gave records");
        }
      }
    } finally {
      busy = false;
      consumer.resume(consumer.assignment());
    }
  }

  private static Optional<String> reason(Future<Optional<String>> delivered)
      throws InterruptedException {
    try {
      return delivered.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot deliver an alert", e.getCause());
    }
  }

  private void setAside(
      ConsumerRecord<byte[], byte[]> record,
      String errorClass,
      String reason,
      KafkaProducer<byte[], byte[]> deadLetters)
      throws InterruptedException {
    metrics.deadLetter();
    LOG.atError()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("error", reason)
        .log("alert was set aside");
    try {
      deadLetters
          .send(
              new ProducerRecord<>(
                  Topic.DEAD_LETTERS.topicName(),
                  null,
                  record.key(),
                  record.value(),
                  DeadLetter.headers(
                      record.headers(),
                      record.topic(),
                      record.partition(),
                      record.offset(),
                      errorClass,
                      reason)))
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot set an alert aside", e.getCause());
    }
  }

  private static void commit(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
    if (!consumer.assignment().contains(partition)) {
      return;
    }
    try {
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
    } catch (CommitFailedException | RebalanceInProgressException e) {
      // Somebody else has the partition now and posts it again, under the same id.
      LOG.atWarn().addKeyValue("partition", partition.partition()).log("alert may be posted twice");
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, AlertWebhook.GROUP);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Where it has begun is committed; what retention took since then is gone, the rest is not.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.MAX_DERIVED_BYTES);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    closed = true;
  }

  /** What is assigned during a delivery waits for its end. */
  private final class PausedWhileBusy implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> consumer;

    PausedWhileBusy(KafkaConsumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (busy) {
        consumer.pause(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // What is in hand is not committed any more, and posted again by the new owner.
    }
  }
}
