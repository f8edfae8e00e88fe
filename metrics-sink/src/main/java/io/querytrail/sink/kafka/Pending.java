package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.Refusal;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.Source;
import io.querytrail.sink.log.StreamPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * What was read and is not written yet, by partition, and already in the store's form. For use by
 * one thread at a time: the reader's while it grows, the writer's while it is written.
 */
final class Pending {
  private static final class Part {
    final List<ConsumerRecord<byte[], byte[]>> usable = new ArrayList<>();
    final List<DeadRecord> dead = new ArrayList<>();
    long bytes;
    long next;
  }

  private final EventMapper mapper;
  private final BatchLimits limits;
  private final LogStore store;
  private final Map<TopicPartition, Part> parts = new LinkedHashMap<>();
  private final Map<String, Long> kinds = new HashMap<>();
  private LogBatch rows;
  private long firstAtNanos;

  Pending(EventMapper mapper, BatchLimits limits, LogStore store) {
    this.mapper = mapper;
    this.limits = limits;
    this.store = store;
    this.rows = store.newBatch();
  }

  /** An empty one of the same kind. */
  Pending fresh() {
    return new Pending(mapper, limits, store);
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
      add(mapper.map(record));
      part.usable.add(record);
    } catch (UnusableRecordException e) {
      part.dead.add(new DeadRecord(record, e.errorClass(), String.valueOf(e.getMessage())));
    }
  }

  private void add(SinkRecord record) {
    rows.add(record);
    kinds.merge(record.kind(), 1L, Long::sum);
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

  /** Makes all ready for being written; see {@link LogBatch#complete}. */
  void complete() {
    rows.complete();
  }

  /** How long the batch may still grow; 0 or less when it is to be written now. */
  long nanosUntilDue(long nowNanos) {
    return isFull() ? 0 : firstAtNanos + limits.linger().toNanos() - nowNanos;
  }

  /** Stores all that is usable; see {@link LogBatch#write}. */
  void write(
      SortedMap<StreamPartition, Advance> advances,
      LogBatch.Refusals refusals,
      Runnable partitionsHeld) {
    rows.write(advances, () -> usable().map(mapper::map).toList(), refusals, partitionsHeld);
  }

  /** How many usable records there are of each kind. */
  Map<String, Long> kinds() {
    return kinds;
  }

  private Stream<ConsumerRecord<byte[], byte[]>> usable() {
    return parts.values().stream().flatMap(part -> part.usable.stream());
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
    usable()
        .forEach(record ->
            originals.put(new Source(record.topic(), record.partition(), record.offset()), record));
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
    if (parts.keySet().removeAll(Set.copyOf(partitions))) {
      rows = store.newBatch();
      kinds.clear();
      usable().map(mapper::map).forEach(this::add);
    }
  }
}
