package io.querytrail.audit.alerts;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.events.BudgetAlert;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.KafkaConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topic to a receiver, over a real broker. */
class AlertWebhookIT {
  @TempDir Path directory;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicAdmin.createMissing(admin, 2, (short) 1);
    }
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @Test
  void alertsArePostedInOrderFromTheFirstStartOnAndGoOnAfterARestart() throws Exception {
    // Given alerts of before there was a webhook
    write(0, "old");
    try (Receiver receiver = new Receiver(Receiver.status(200))) {
      // When
      try (AlertWebhook webhook = webhook(receiver.url(), 3)) {
        write(0, "a-1", "a-2");
        awaitPosts(receiver, "a-1", "a-2");
      }
      // And one is raised while nobody is there to post it
      write(0, "a-3");
      try (AlertWebhook webhook = webhook(receiver.url(), 3)) {
        awaitPosts(receiver, "a-1", "a-2", "a-3");
      }
    }
  }

  @Test
  void alertThatWasInHandAtAStopIsPostedAgainUnderTheSameId() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Receiver receiver =
        new Receiver((exchange, post) -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })) {
      // Given the receiver has it, and its answer does not come before the stop
      try (AlertWebhook webhook = webhook(receiver.url(), 3)) {
        write(1, "a-1");
        awaitPosts(receiver, "a-1");
      }

      // When
      receiver.answer(Receiver.status(200));
      try (AlertWebhook webhook = webhook(receiver.url(), 3)) {
        // Then
        Awaitility.await().atMost(60, SECONDS).until(() -> receiver.posts().size() >= 2);
        assertThat(receiver.ids()).containsOnly("a-1");
        assertThat(receiver.posts().get(0).body()).isEqualTo(receiver.posts().get(1).body());
      }
    } finally {
      over.countDown();
    }
  }

  @Test
  void alertIsTriedAgainUntilTheReceiverTakesIt() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(500))) {
      try (AlertWebhook webhook = webhook(receiver.url(), 100)) {
        write(0, "a-1");
        Awaitility.await().atMost(60, SECONDS).until(() -> receiver.posts().size() >= 2);
        assertThat(receiver.ids()).containsOnly("a-1");
        receiver.answer(Receiver.status(200));
        write(0, "a-2");
        Awaitility.await()
            .atMost(60, SECONDS)
            .untilAsserted(() -> assertThat(receiver.ids()).endsWith("a-1", "a-2"));
      }
    }
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void alertThatNobodyTakesIsSetAsideWithTheReasonAndTheNextOneHasItsTurn() throws Exception {
    // Given nobody listens
    Receiver gone = new Receiver(Receiver.status(200));
    int port = gone.port();
    gone.close();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (AlertWebhook webhook = webhook(gone.url(), 2, registry)) {
      // When
      write(0, "a-1");
      Awaitility.await().atMost(60, SECONDS).until(() -> deadLetters().size() == 1);

      // And somebody comes
      try (Receiver receiver = new Receiver(port, Receiver.status(200))) {
        write(0, "a-2");
        awaitPosts(receiver, "a-2");
      }
    }

    // Then
    ConsumerRecord<byte[], byte[]> dead = deadLetters().getFirst();
    assertThat(header(dead, DeadLetter.TOPIC)).isEqualTo(Topic.ALERTS.topicName());
    assertThat(header(dead, DeadLetter.ERROR_CLASS)).isEqualTo("WEBHOOK_FAILED");
    assertThat(header(dead, DeadLetter.ERROR_MESSAGE)).contains("2 tries", "connection_refused");
    assertThat(dead.value()).isEqualTo(bytes("a-1"));
    assertThat(registry.get("querytrail.alert.webhook.dead.letters").counter().count())
        .isEqualTo(1);
  }

  @Test
  void recordThatIsNoAlertIsSetAsideAtOnce() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.status(200));
        AlertWebhook webhook = webhook(receiver.url(), 100)) {
      write(0, new byte[] {1, 2, 3});
      write(0, "a-1");

      awaitPosts(receiver, "a-1");
      assertThat(header(deadLetters().getFirst(), DeadLetter.ERROR_CLASS)).isEqualTo("UNDECODABLE");
    }
  }

  // ---- small things

  private AlertWebhook webhook(URI url, int maxTries) {
    return webhook(url, maxTries, new SimpleMeterRegistry());
  }

  private AlertWebhook webhook(URI url, int maxTries, SimpleMeterRegistry registry) {
    return AlertWebhook.start(
        Alerts.config(url, 60_000, maxTries),
        new KafkaConfig(kafka.bootstrapServers(), Map.of()),
        InstantSource.system(),
        System::nanoTime,
        new Random(1),
        registry);
  }

  /** In this order; one whose post a stop came upon may be there again. */
  private static void awaitPosts(Receiver receiver, String... ids) {
    Awaitility.await()
        .atMost(60, SECONDS)
        .untilAsserted(() -> assertThat(receiver.ids().stream().distinct()).containsExactly(ids));
  }

  private void write(int partition, String... ids) throws Exception {
    for (String id : ids) {
      write(partition, bytes(id));
    }
  }

  private void write(int partition, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topic.ALERTS.topicName(),
                  partition,
                  "acme".getBytes(StandardCharsets.UTF_8),
                  value))
          .get(60, SECONDS);
    }
  }

  private static byte[] bytes(String id) {
    BudgetAlert alert = Alerts.alert(id);
    return Objects.requireNonNull(new EventSerializer().serialize(Topic.ALERTS.topicName(), alert));
  }

  private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          List.of(
              new TopicPartition(Topic.DEAD_LETTERS.topicName(), 0),
              new TopicPartition(Topic.DEAD_LETTERS.topicName(), 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
      return found;
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return EventHeaders.text(record.headers(), name).orElse("");
  }
}
