package io.querytrail.sink.kafka;

import org.apache.kafka.common.TopicPartition;

/**
 * Where the store says to go on, Kafka has nothing any more, or nothing yet: records were deleted
 * before they were stored, or the topic was cut short. Going on would leave a gap in silence.
 */
public final class PositionLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PositionLostException(TopicPartition partition, long stored, long first, long end) {
    super(
        ("%s must go on at offset %d, and Kafka has %d to %d. Restore the missing records, or accept"
                + " the gap by setting next_offset in kafka_offsets")
            .formatted(partition, stored, first, end));
  }

  PositionLostException(RuntimeException cause) {
    super("Kafka deleted records before they were stored: " + cause.getMessage(), cause);
  }
}
