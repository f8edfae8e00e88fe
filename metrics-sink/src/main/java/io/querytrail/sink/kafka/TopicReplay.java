package io.querytrail.sink.kafka;

import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.log.OffsetRange;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.Source;
import io.querytrail.sink.log.StreamPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what is on the topics once more, committed records only and without a group, as the rows
 * that the sink makes of it. Not safe for use by several threads.
 */
public final class TopicReplay implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_POLL_RECORDS = 5_000;

  /**
   * Some records in the order of each partition.
   *
   * @param unusable records that no row can be made of
   * @param next the offset after these, by partition
   */
  public record Chunk(
      List<SinkRecord> records, List<Source> unusable, SortedMap<StreamPartition, Long> next) {}

  /** Takes chunks as they are read. */
  @FunctionalInterface
  public interface ChunkReader<E extends Exception> {
    void take(Chunk chunk) throws E;
  }

  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final EventMapper mapper;

  private TopicReplay(Admin admin, KafkaConsumer<byte[], byte[]> consumer, EventMapper mapper) {
    this.admin = admin;
    this.consumer = consumer;
    this.mapper = mapper;
  }

  /**
   * Connects.
   *
   * @throws org.apache.kafka.common.KafkaException when the settings cannot work
   */
  public static TopicReplay open(KafkaConfig kafka) {
    EventDeserializer events = new EventDeserializer();
    events.configure(kafka.clientSettings(), false);
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("max.poll.records", MAX_POLL_RECORDS);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return new TopicReplay(Admin.create(kafka.clientSettings()), consumer, new EventMapper(events));
  }

  /** What Kafka has of these topics now, up to the first transaction that is still open. */
  public SortedMap<StreamPartition, OffsetRange> available(Collection<Topic> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic : topics) {
      consumer
          .partitionsFor(topic.topicName())
          .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    }
    Map<TopicPartition, StreamPartition> ids = new StreamIds(admin).of(partitions);
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
    SortedMap<StreamPartition, OffsetRange> ranges = new TreeMap<>();
    ids.forEach((partition, stream) ->
        ranges.put(
            stream,
            new OffsetRange(first.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L))));
    return ranges;
  }

  /** The first offset that was appended at that instant or later, else the end. */
  public long offsetAt(StreamPartition stream, Instant instant) {
    TopicPartition partition = new TopicPartition(stream.topic(), stream.partition());
    var found = consumer.offsetsForTimes(Map.of(partition, instant.toEpochMilli())).get(partition);
    return found == null
        ? consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L)
        : found.offset();
  }

  /** Hands on all records of these ranges. */
  public <E extends Exception> void read(
      Map<StreamPartition, OffsetRange> ranges, ChunkReader<E> reader) throws E {
    Map<TopicPartition, StreamPartition> ids =
        ranges.entrySet().stream()
            .filter(range -> !range.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .collect(
                Collectors.toMap(
                    stream -> new TopicPartition(stream.topic(), stream.partition()), s -> s));
    Map<TopicPartition, OffsetRange> wanted = new HashMap<>();
    ids.forEach((partition, stream) -> wanted.put(partition, ranges.get(stream)));
    consumer.assign(wanted.keySet());
    wanted.forEach((partition, range) -> consumer.seek(partition, range.from()));
    while (!wanted.isEmpty()) {
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
      if (!polled.isEmpty()) {
        reader.take(chunk(polled, wanted, ids));
      }
      wanted.entrySet().removeIf(range -> isRead(range.getKey(), range.getValue()));
    }
  }

  private boolean isRead(TopicPartition partition, OffsetRange range) {
    boolean read = consumer.position(partition) >= range.to();
    if (read) {
      consumer.pause(List.of(partition));
    }
    return read;
  }

  private Chunk chunk(
      ConsumerRecords<byte[], byte[]> polled,
      Map<TopicPartition, OffsetRange> wanted,
      Map<TopicPartition, StreamPartition> ids) {
    List<SinkRecord> records = new ArrayList<>(polled.count());
    List<Source> unusable = new ArrayList<>();
    SortedMap<StreamPartition, Long> next = new TreeMap<>();
    for (TopicPartition partition : polled.partitions()) {
      OffsetRange range = wanted.get(partition);
      StreamPartition stream = ids.get(partition);
      if (range == null || stream == null) {
        continue;
      }
      for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
        if (record.offset() < range.to()) {
          try {
            records.add(mapper.map(record));
          } catch (UnusableRecordException e) {
            unusable.add(new Source(record.topic(), record.partition(), record.offset()));
          }
        }
      }
      next.put(stream, Math.min(consumer.position(partition), range.to()));
    }
    return new Chunk(records, unusable, next);
  }

  /** The records of that topic that were set aside, by where they stood. */
  public Set<Source> deadLetters(Topic topic) {
    Set<Source> dead = new HashSet<>();
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topic.DEAD_LETTERS.topicName()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < end.getOrDefault(p, 0L))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (header(record, DeadLetter.TOPIC).equals(topic.topicName())) {
          dead.add(
              new Source(
                  topic.topicName(),
                  number(header(record, DeadLetter.PARTITION)).intValue(),
                  number(header(record, DeadLetter.OFFSET))));
        }
      }
    }
    return dead;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return EventHeaders.text(record.headers(), name).orElse("");
  }

  /** Anybody might write a letter; one that names no place names no record. */
  private static Long number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return -1L;
    }
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
