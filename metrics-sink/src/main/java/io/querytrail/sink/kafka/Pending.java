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

/** What was read and is not written yet, by partition. For use by one thread. */
final class Pending {
  private static final class Part {
    final List<SinkRecord> usable = new ArrayList<>();
    final List<DeadRecord> dead = new ArrayList<>();
    final Map<Source, ConsumerRecord<byte[], byte[]>> originals = new HashMap<>();
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
      SinkRecord usable = mapper.map(record);
      part.usable.add(usable);
      part.originals.put(usable.source(), record);
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

  /** How long the batch may still grow; 0 or less when it is to be written now. */
  long nanosUntilDue(long nowNanos) {
    long records = 0;
    long bytes = 0;
    for (Part part : parts.values()) {
      records += part.usable.size() + part.dead.size();
      bytes += part.bytes;
    }
    return records >= limits.maxRecords() || bytes >= limits.maxBytes()
        ? 0
        : firstAtNanos + limits.linger().toNanos() - nowNanos;
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
    return refusals.stream()
        .map(refusal -> {
          Source source = refusal.record().source();
          Part part = parts.get(new TopicPartition(source.topic(), source.partition()));
          ConsumerRecord<byte[], byte[]> original =
              part == null ? null : part.originals.get(source);
          return new DeadRecord(
              Objects.requireNonNull(original), refusal.errorClass(), refusal.message());
        })
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

  void clear() {
    parts.clear();
  }
}
