package io.querytrail.generator.kafka;

import io.querytrail.generator.offset.OffsetTracker;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What is in hand of one partition during one assignment of it. Used by the polling thread only.
 */
final class PartitionWork {
  /** One record in hand. It knows its assignment, so that nothing of an earlier one is mistaken. */
  record Item(PartitionWork work, ConsumerRecord<byte[], byte[]> record) {}

  private final TopicPartition partition;
  private final OffsetTracker offsets = new OffsetTracker();
  private int running;

  PartitionWork(TopicPartition partition) {
    this.partition = partition;
  }

  TopicPartition partition() {
    return partition;
  }

  OffsetTracker offsets() {
    return offsets;
  }

  Item take(ConsumerRecord<byte[], byte[]> record) {
    offsets.taken(record.offset());
    return new Item(this, record);
  }

  void started() {
    running++;
  }

  void finished(Item item) {
    running--;
    offsets.finished(item.record().offset());
  }

  int running() {
    return running;
  }
}
