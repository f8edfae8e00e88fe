package io.querytrail.generator.kafka;

import io.querytrail.generator.offset.DispatchMark;
import io.querytrail.generator.offset.OffsetTracker;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What is in hand of one partition during one assignment of it. Used by the polling thread only.
 */
final class PartitionWork {
  /**
   * One record in hand. It knows its assignment, so that nothing of an earlier one is mistaken.
   *
   * @param suspect whether an earlier owner may have dispatched it, so that it must not be again
   */
  record Item(PartitionWork work, ConsumerRecord<byte[], byte[]> record, boolean suspect) {
    long offset() {
      return record.offset();
    }
  }

  private final TopicPartition partition;
  private final OffsetTracker offsets;
  private int running;

  PartitionWork(TopicPartition partition, DispatchMark inherited) {
    this.partition = partition;
    this.offsets = new OffsetTracker(inherited);
  }

  TopicPartition partition() {
    return partition;
  }

  OffsetTracker offsets() {
    return offsets;
  }

  /** Empty where an earlier owner has finished the record. */
  Optional<Item> take(ConsumerRecord<byte[], byte[]> record) {
    return switch (offsets.taken(record.offset())) {
      case NEW -> Optional.of(new Item(this, record, false));
      case SUSPECT -> Optional.of(new Item(this, record, true));
      case FINISHED -> Optional.empty();
    };
  }

  void started(Item item) {
    if (!item.suspect()) {
      offsets.dispatched(item.offset());
    }
    running++;
  }

  void finished(Item item) {
    running--;
    offsets.finished(item.offset());
  }

  int running() {
    return running;
  }
}
