package io.querytrail.cli;

import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
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
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All partitions of a topic. */
  List<TopicPartition> partitions(Topic topic) {
    List<PartitionInfo> found = consumer.partitionsFor(topic.topicName());
    if (found == null || found.isEmpty()) {
      throw new CommandException(
          ExitCodes.FAILED,
          "there is no topic "
              + topic.topicName()
              + " on the broker; create it with: querytrail topics create");
    }
    return found.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
  }

  /** The partition in which an account's records stand. */
  TopicPartition partition(Topic topic, String account) {
    return new TopicPartition(topic.topicName(), Partitions.of(account, partitions(topic).size()));
  }

  /**
   * Stands at the present end of the partitions, so that nothing written after this call is missed.
   */
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
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
        consumer.offsetsForTimes(times).entrySet()) {
      if (found.getValue() != null) {
        consumer.seek(found.getKey(), found.getValue().offset());
      }
    }
    return this;
  }

  /** Hands on every record from here to the present end. */
  void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> each) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (isBefore(ends)) {
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
    return awaitIn(record -> event(record).filter(wanted), timeout);
  }

  /** The first find in a record, or empty when the time is over. */
  <T> Optional<T> awaitIn(
      Function<ConsumerRecord<byte[], byte[]>, Optional<T>> find, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<T> found = Optional.empty();
    while (found.isEmpty() && System.nanoTime() < deadline) {
      found = first(find);
    }
    return found;
  }

  /** The first find in a record from here to the present end. */
  <T> Optional<T> findToEnd(Function<ConsumerRecord<byte[], byte[]>, Optional<T>> find) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    Optional<T> found = Optional.empty();
    while (found.isEmpty() && isBefore(ends)) {
      found = first(find);
    }
    return found;
  }

  private <T> Optional<T> first(Function<ConsumerRecord<byte[], byte[]>, Optional<T>> find) {
    Optional<T> found = Optional.empty();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      found = found.or(() -> find.apply(record));
    }
    return found;
  }

  private boolean isBefore(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
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
