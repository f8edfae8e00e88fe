package io.querytrail.cli;

import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics without a group: committed records only. Not safe for use by several threads. */
final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final EventDeserializer events = new EventDeserializer();

  TopicReader(KafkaConfig kafka) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
    events.configure(settings, false);
    consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All partitions of a topic. */
  List<TopicPartition> partitions(Topic topic) {
    return consumer.partitionsFor(topic.topicName()).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  /** The partition in which an account's records stand. */
  TopicPartition partition(Topic topic, String account) {
    int count = consumer.partitionsFor(topic.topicName()).size();
    return new TopicPartition(topic.topicName(), Partitions.of(account, count));
  }

  /** Stands at the present end of the partitions, so that nothing written after this call is missed. */
  TopicReader atEnd(Collection<TopicPartition> partitions) {
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return this;
  }

  TopicReader atBeginning(Collection<TopicPartition> partitions) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return this;
  }

  /** Stands at the first records that were appended at that instant or later. */
  TopicReader at(Collection<TopicPartition> partitions, Instant instant) {
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, instant.toEpochMilli()));
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> found : consumer.offsetsForTimes(times).entrySet()) {
      if (found.getValue() != null) {
        consumer.seek(found.getKey(), found.getValue().offset());
      }
    }
    return this;
  }

  /** Hands on every record from here to the present end. */
  void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer.poll(POLL).forEach(each);
    }
  }

  /** Hands on records as they come until the condition fails. */
  void follow(Consumer<ConsumerRecord<byte[], byte[]>> each, BooleanSupplier goOn) {
    while (goOn.getAsBoolean()) {
      consumer.poll(POLL).forEach(each);
    }
  }

  /** The first event that fits, or empty when the time is over. */
  Optional<SpecificRecord> await(Predicate<SpecificRecord> wanted, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      List<SpecificRecord> found = new ArrayList<>();
      consumer
          .poll(POLL)
          .forEach(record -> event(record).filter(wanted).ifPresent(found::add));
      if (!found.isEmpty()) {
        return Optional.of(found.getFirst());
      }
    }
    return Optional.empty();
  }

  /** The event in a record; empty for one that cannot be read, and for a deletion. */
  Optional<SpecificRecord> event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.ofNullable(events.deserialize(record.topic(), record.value()));
    } catch (SerializationException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
