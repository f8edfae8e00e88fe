package io.querytrail.audit;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Writes to and reads from the topics of a real broker; reads committed records only. */
final class BrokerTopics implements AutoCloseable {
  private static final EventSerializer WRITER = new EventSerializer();
  private static final EventDeserializer READER = new EventDeserializer();

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;

  BrokerTopics(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "compression.type",
                "gzip",
                "max.request.size",
                64 * 1024 * 1024),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  void write(Topic topic, String key, SpecificRecord event) {
    write(topic, null, key, Objects.requireNonNull(WRITER.serialize(topic.topicName(), event)));
  }

  void write(Topic topic, @Nullable Integer partition, String key, SpecificRecord event) {
    write(
        topic, partition, key, Objects.requireNonNull(WRITER.serialize(topic.topicName(), event)));
  }

  /** Writes to a topic that is not in the catalogue. */
  void write(String topic, String key, byte[] value) {
    write(topic, null, key, value);
  }

  void write(Topic topic, @Nullable Integer partition, String key, byte[] value) {
    write(topic.topicName(), partition, key, value);
  }

  private void write(String topic, @Nullable Integer partition, String key, byte[] value) {
    try {
      producer
          .send(new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value))
          .get(30, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("could not write to " + topic, e);
    }
  }

  /** Waits for the first event of that kind for which this is true. */
  <E extends SpecificRecord> E await(Topic topic, Class<E> type, Predicate<E> wanted) {
    AtomicReference<@Nullable E> found = new AtomicReference<>();
    Awaitility.await(type.getSimpleName() + " on " + topic)
        .atMost(60, SECONDS)
        .until(() -> {
          found.set(events(topic, type).stream().filter(wanted).findFirst().orElse(null));
          return found.get() != null;
        });
    return Objects.requireNonNull(found.get());
  }

  <E extends SpecificRecord> List<E> events(Topic topic, Class<E> type) {
    return records(topic).stream()
        .map(record -> READER.deserialize(record.topic(), record.value()))
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Waits for the first record with that header. */
  ConsumerRecord<byte[], byte[]> awaitHeader(Topic topic, String name, String value) {
    AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>> found = new AtomicReference<>();
    Awaitility.await(value + " on " + topic)
        .atMost(60, SECONDS)
        .until(() -> {
          found.set(
              records(topic).stream()
                  .filter(record ->
                      EventHeaders.text(record.headers(), name).filter(value::equals).isPresent())
                  .findFirst()
                  .orElse(null));
          return found.get() != null;
        });
    return Objects.requireNonNull(found.get());
  }

  private List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic.topicName()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    while (partitions.stream()
        .anyMatch(partition ->
            consumer.position(partition) < Objects.requireNonNull(ends.get(partition)))) {
      consumer.poll(Duration.ofMillis(100)).forEach(records::add);
    }
    return records;
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
