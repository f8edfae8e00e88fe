package io.querytrail.generator.kafka;

import io.querytrail.generator.offset.DispatchMark;
import io.querytrail.generator.offset.MarkCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner before left of partitions, and where to read on. Used by the polling thread only.
 */
final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  private final Consumer<byte[], byte[]> consumer;

  Takeover(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * The mark of each partition; the consumer stands where it begins.
   *
   * @throws TimeoutException when the broker does not say in time
   */
  Map<TopicPartition, DispatchMark> inherit(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
    Map<TopicPartition, DispatchMark> marks = new HashMap<>();
    Map<TopicPartition, Long> unreadable = new HashMap<>();
    Set<TopicPartition> fresh = new HashSet<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) {
        fresh.add(partition);
        marks.put(partition, DispatchMark.allDoneBelow(0));
      } else {
        MarkCodec.decode(offset.offset(), offset.metadata())
            .ifPresentOrElse(
                mark -> marks.put(partition, mark),
                () -> unreadable.put(partition, offset.offset()));
      }
    }
    marks.putAll(unknown(unreadable));
    begin(fresh, committed);
    log(marks);
    return marks;
  }

  /**
   * An offset without a mark was committed by hand or by another program: what stands behind it may
   * all have been dispatched.
   */
  private Map<TopicPartition, DispatchMark> unknown(Map<TopicPartition, Long> positions) {
    Map<TopicPartition, DispatchMark> marks = new HashMap<>();
    if (!positions.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("partitions", positions.keySet())
          .log("offsets committed without a readable mark; all that waits counts as dispatched");
      Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet());
      positions.forEach((partition, position) ->
          marks.put(
              partition,
              DispatchMark.unknown(position, ends.getOrDefault(partition, Long.MAX_VALUE))));
    }
    return marks;
  }

  /**
   * Only a partition without a committed offset is read from its beginning. Where a committed
   * offset is out of range, records are lost, and the consumer says so instead of starting over.
   */
  private void begin(Set<TopicPartition> fresh, Map<TopicPartition, OffsetAndMetadata> committed) {
    if (!fresh.isEmpty()) {
      consumer.seekToBeginning(fresh);
    }
    committed.forEach((partition, offset) -> {
      if (offset != null) {
        consumer.seek(partition, offset);
      }
    });
  }

  private static void log(Map<TopicPartition, DispatchMark> marks) {
    marks.forEach((partition, mark) -> {
      if (mark.suspects() > 0) {
        LOG.atWarn()
            .addKeyValue("partition", partition)
            .addKeyValue("offsets", mark.suspects())
            .log("the owner before may have dispatched these; they are reported as interrupted");
      }
    });
  }
}
