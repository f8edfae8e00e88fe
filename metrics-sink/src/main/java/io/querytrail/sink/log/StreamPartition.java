package io.querytrail.sink.log;

import java.util.Comparator;
import java.util.UUID;

/**
 * A partition of a topic that cannot be mistaken: a topic made anew under its old name has another
 * id.
 */
public record StreamPartition(String clusterId, UUID topicId, String topic, int partition)
    implements Comparable<StreamPartition> {
  private static final Comparator<StreamPartition> ORDER =
      Comparator.comparing(StreamPartition::clusterId)
          .thenComparing(StreamPartition::topicId)
          .thenComparingInt(StreamPartition::partition);

  @Override
  public int compareTo(StreamPartition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
