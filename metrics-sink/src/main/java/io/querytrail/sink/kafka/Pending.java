package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * What was read and is not written yet, by partition. For use by one thread at a time: the reader's
 * while it grows, the writer's while it is written.
 */
final class Pending {
  private static final class Part {
    final List<SinkRecord> usable = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> originals = new ArrayList<>();
    final List<DeadRecord> dead = new ArrayList<>();
    long bytes;
    long next;
  }

  private final EventMapper mapper;
  private final BatchLimits limits;
  private final Map<TopicPartition, Part> parts = new LinkedHashMap<>();
  private long firstAtNanos;

  Pending(EventMapper mapper, BatchLimits limits) {
    this.mapper = mapper;
    this.limits = limits;
  }

  /** An empty one of the same kind. */
  Pending fresh() {
    return new Pending(mapper, limits);
  }

  void add(ConsumerRecords<byte[], byte[]> polled, long nowNanos) {
    if (isEmpty() && !polled.isEmpty()) {
      firstAtNanos = nowNanos;
    }
    for (TopicPartition partition : polled.partitions()) {
      Part part = part(partition);
      polled.records(partition).forEach(record -> add(part, record));
    }
    // Beyond the last record where markers of transactions follow it.
    polled.nextOffsets().forEach((partition, next) -> part(partition).next = next.offset());
  }

  private void add(Part part, ConsumerRecord<byte[], byte[]> record) {
    part.bytes += Math.max(0, record.serializedValueSize());
    try {
      part.usable.add(mapper.map(record));
      part.originals.add(record);
    } catch (UnusableRecordException e) {
      part.dead.add(new DeadRecord(record, e.errorClass(), String.valueOf(e.getMessage())));
    }
  }

  private Part part(TopicPartition partition) {
    return parts.computeIfAbsent(partition, ignored -> new Part());
  }

  /** True while no record waits, whatever markers were passed. */
  boolean isEmpty() {
    return parts.values().stream().allMatch(part -> part.usable.isEmpty() && part.dead.isEmpty());
  }

  /** True when a limit is reached and nothing more should be added. */
  boolean isFull() {
    long records = 0;
    long bytes = 0;
    for (Part part : parts.values()) {
      records += part.usable.size() + part.dead.size();
      bytes += part.bytes;
    }
    return records >= limits.maxRecords() || bytes >= limits.maxBytes();
  }

  /** How long the batch may still grow; 0 or less when it is to be written now. */
  long nanosUntilDue(long nowNanos) {
    return isFull() ? 0 : firstAtNanos + limits.linger().toNanos() - nowNanos;
  }

  List<SinkRecord> usable() {
    return parts.values().stream().flatMap(part -> part.usable.stream()).toList();
  }

  List<DeadRecord> dead() {
    return parts.values().stream().flatMap(part -> part.dead.stream()).toList();
  }

  /** The offset after all that was read, by partition. */
  Map<TopicPartition, Long> next() {
    Map<TopicPartition, Long> next = new HashMap<>();
    parts.forEach((partition, part) -> next.put(partition, part.next));
    return next;
  }

  /** The records as they came, for those that the store refused. */
  List<DeadRecord> originals(List<Refusal> refusals) {
    Map<Source, ConsumerRecord<byte[], byte[]>> originals = new HashMap<>();
    for (Part part : parts.values()) {
      for (ConsumerRecord<byte[], byte[]> record : part.originals) {
        originals.put(new Source(record.topic(), record.partition(), record.offset()), record);
      }
    }
    return refusals.stream()
        .map(refusal ->
            new DeadRecord(
                Objects.requireNonNull(originals.get(refusal.record().source())),
                refusal.errorClass(),
                refusal.message()))
        .toList();
  }

  /** Unusable records are safe; what is left are rows. */
  void deadSent() {
    parts.values().forEach(part -> part.dead.clear());
  }

  /** Forgets partitions that another instance will read anew. */
  void drop(Collection<TopicPartition> partitions) {
    partitions.forEach(parts::remove);
  }
}
