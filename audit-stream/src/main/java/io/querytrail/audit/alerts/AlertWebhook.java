package io.querytrail.audit.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts budget alerts to the webhook, on a thread of its own: whatever becomes of it, the stream
 * goes on. An alert is posted at least once; one that the receiver does not take is set aside.
 */
public final class AlertWebhook implements AutoCloseable {
  /** Consumer group of the posts. */
  public static final String GROUP = "querytrail-alert-webhook";

  private static final Logger LOG = LoggerFactory.getLogger(AlertWebhook.class);
  private static final Duration RESTART_WAIT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final WebhookClient client;
  private final AlertWorker worker;
  private final Thread thread;

  private AlertWebhook(WebhookClient client, AlertWorker worker) {
    this.client = client;
    this.worker = worker;
    this.thread = Thread.ofPlatform().name("alert-webhook").unstarted(this::work);
  }

  /**
   * Begins to post. Where nothing was ever posted, it is with the next alert and not with all that
   * the topic still holds: so call this before the stream starts.
   */
  public static AlertWebhook start(
      AlertWebhookConfig config,
      KafkaConfig kafka,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random,
      MeterRegistry registry) {
    beginAtTheEnd(kafka);
    WebhookClient client = new WebhookClient(config, clock);
    WebhookMetrics metrics = new WebhookMetrics(registry);
    AlertDelivery delivery =
        new AlertDelivery(client::post, config, Thread::sleep, nanoTime, random, metrics);
    AlertWebhook webhook = new AlertWebhook(client, new AlertWorker(kafka, delivery, metrics));
    webhook.thread.start();
    return webhook;
  }

  private static void beginAtTheEnd(KafkaConfig kafka) {
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      String topic = Topic.ALERTS.topicName();
      List<TopicPartition> partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
              .flatMap(description -> description.partitions().stream())
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      Map<TopicPartition, OffsetAndMetadata> known =
          admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get();
      Map<TopicPartition, OffsetSpec> unknown = new HashMap<>();
      partitions.stream()
          .filter(partition -> known.get(partition) == null)
          .forEach(partition -> unknown.put(partition, OffsetSpec.latest()));
      if (!unknown.isEmpty()) {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        admin
            .listOffsets(unknown)
            .all()
            .get()
            .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
        admin.alterConsumerGroupOffsets(GROUP, ends).all().get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot prepare the alert webhook: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while preparing the alert webhook", e);
    }
  }

  private void work() {
    while (!worker.isClosed()) {
      try {
        worker.run();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.atError()
            .addKeyValue("error", e.toString())
            .setCause(e)
            .log("alert webhook failed, starting it again");
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(RESTART_WAIT);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** An alert in hand is posted again after the next start, under the same id. */
  @Override
  public void close() {
    worker.close();
    try {
      // It looks at that several times a second; interrupted, it could not leave its group.
      if (!thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
