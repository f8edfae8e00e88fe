package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.StreamPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that this consumer has, and where the store says that each goes on. A partition is
 * not read before the store was asked. For use by the consumer's thread.
 */
final class Placements {
  private record Placement(StreamPartition stream, long stored) {}

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Placement> placed = new HashMap<>();
  private final Set<TopicPartition> unplaced = new HashSet<>();
  private final Set<TopicPartition> newlyPlaced = new HashSet<>();

  Placements(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  void assigned(Collection<TopicPartition> partitions) {
    // A position of any kind, since the consumer refuses to poll without; nothing is fetched from
    // it.
    partitions.forEach(partition -> consumer.seek(partition, 0));
    consumer.pause(partitions);
    unplaced.addAll(partitions);
  }

  void revoked(Collection<TopicPartition> partitions) {
    partitions.forEach(placed::remove);
    unplaced.removeAll(partitions);
    newlyPlaced.removeAll(partitions);
  }

  /**
   * Seeks new partitions to where the store says that they go on; one that it does not know starts
   * at its beginning. They stay paused.
   *
   * @throws PositionLostException when Kafka does not have that offset
   */
  void place(StreamIds ids, LogStore store) {
    if (unplaced.isEmpty()) {
      return;
    }
    Map<TopicPartition, StreamPartition> streams = ids.of(unplaced);
    Map<StreamPartition, Long> stored = store.nextOffsets(streams.values());
    Map<TopicPartition, Long> first = consumer.beginningOffsets(unplaced);
    Map<TopicPartition, Long> end = consumer.endOffsets(unplaced);
    for (TopicPartition partition : Set.copyOf(unplaced)) {
      StreamPartition stream = Objects.requireNonNull(streams.get(partition));
      long begin = first.getOrDefault(partition, 0L);
      long last = end.getOrDefault(partition, 0L);
      long next = stored.getOrDefault(stream, Advance.NONE);
      if (next != Advance.NONE && (next < begin || next > last)) {
        throw new PositionLostException(partition, next, begin, last);
      }
      consumer.seek(partition, next == Advance.NONE ? begin : next);
      placed.put(partition, new Placement(stream, next));
      unplaced.remove(partition);
      newlyPlaced.add(partition);
    }
  }

  /** The partitions that may be read. */
  Set<TopicPartition> placed() {
    return placed.keySet();
  }

  /** Those placed since this was last asked; they are to be resumed. */
  Set<TopicPartition> newlyPlaced() {
    Set<TopicPartition> placedNow = Set.copyOf(newlyPlaced);
    newlyPlaced.clear();
    return placedNow;
  }

  /**
   * From what will be stored by then to what is to be stored. Partitions that are underway are
   * named even where they do not move on: so nothing is stored unless what is underway is.
   *
   * @param underway where batches that are still being written bring partitions
   */
  SortedMap<StreamPartition, Advance> advances(
      Map<TopicPartition, Long> next, Map<TopicPartition, Long> underway) {
    SortedMap<StreamPartition, Advance> advances = new TreeMap<>();
    Map<TopicPartition, Long> offsets = new HashMap<>(underway);
    offsets.putAll(next);
    offsets.forEach((partition, offset) -> {
      Placement placement = placed.get(partition);
      if (placement != null) {
        long expected = underway.getOrDefault(partition, placement.stored());
        if (expected != offset || underway.containsKey(partition)) {
          advances.put(placement.stream(), new Advance(expected, offset));
        }
      }
    });
    return advances;
  }

  /** The store has committed that. */
  void moved(Map<TopicPartition, Long> next) {
    next.forEach((partition, offset) ->
        placed.computeIfPresent(
            partition, (same, placement) -> new Placement(placement.stream(), offset)));
  }
}
