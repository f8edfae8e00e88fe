package io.querytrail.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes to the topics and reads the dead letters. */
public final class TestTopics implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;
  private final EventSerializer events = new EventSerializer();

  private TestTopics(KafkaConfig kafka, @Nullable String transactionalId) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("acks", "all");
    if (transactionalId != null) {
      settings.put("transactional.id", transactionalId);
    }
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static TestTopics open() {
    return new TestTopics(TestServers.kafka(), null);
  }

  /** Writes in transactions, as the stream does. */
  public static TestTopics transactional() {
    return transactional(TestServers.kafka());
  }

  /** The same, on another broker than the shared one. */
  public static TestTopics transactional(KafkaConfig kafka) {
    TestTopics topics = new TestTopics(kafka, TestServers.unique("tx"));
    topics.producer.initTransactions();
    return topics;
  }

  public void inTransaction(boolean commit, Runnable work) {
    producer.beginTransaction();
    work.run();
    if (commit) {
      producer.commitTransaction();
    } else {
      producer.flush();
      producer.abortTransaction();
    }
  }

  public void send(Topic topic, String account, SpecificRecord event) {
    sendBytes(topic, account, bytes(topic, event));
  }

  public RecordMetadata sendAndWait(Topic topic, String account, SpecificRecord event) {
    try {
      return producer.send(record(topic, account, bytes(topic, event))).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  public void sendBytes(Topic topic, @Nullable String key, byte @Nullable [] value) {
    producer.send(record(topic, key, value));
  }

  public void flush() {
    producer.flush();
  }

  private byte[] bytes(Topic topic, SpecificRecord event) {
    byte[] bytes = events.serialize(topic.topicName(), event);
    assertThat(bytes).isNotNull();
    return bytes;
  }

  private static ProducerRecord<byte[], byte[]> record(
      Topic topic, @Nullable String key, byte @Nullable [] value) {
    return new ProducerRecord<>(
        topic.topicName(), key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** One dead letter. */
  public record Letter(
      String topic, long offset, String errorClass, String message, byte @Nullable [] value) {}

  /** The dead letters of that key so far. */
  public static List<Letter> deadLetters(String key) {
    Map<String, Object> settings = new HashMap<>(TestServers.kafka().clientSettings());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topic.DEAD_LETTERS.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<Letter> letters = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < end.getOrDefault(p, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.key() != null
              && key.equals(new String(record.key(), StandardCharsets.UTF_8))) {
            letters.add(letter(record));
          }
        }
      }
      return letters;
    }
  }

  private static Letter letter(ConsumerRecord<byte[], byte[]> record) {
    return new Letter(
        header(record, DeadLetter.TOPIC),
        Long.parseLong(header(record, DeadLetter.OFFSET)),
        header(record, DeadLetter.ERROR_CLASS),
        header(record, DeadLetter.ERROR_MESSAGE),
        record.value());
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return EventHeaders.text(record.headers(), name).orElseThrow();
  }

  @Override
  public void close() {
    producer.close();
  }
}
