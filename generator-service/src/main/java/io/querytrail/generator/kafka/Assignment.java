package io.querytrail.generator.kafka;

import io.querytrail.generator.offset.DispatchMark;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The books of the polling thread: which partitions are ours, which of their records wait, run and
 * are finished. Only {@link #finished} may be called by other threads.
 */
final class Assignment {
  /**
   * A partition rests while its lowest unfinished record is this far behind: beyond it, and what
   * one poll may bring on top, a mark could not tell what is finished. Unit: offsets.
   */
  private static final long MAX_SPAN = 16_384;

  private final Map<TopicPartition, PartitionWork> works = new HashMap<>();
  private final Deque<PartitionWork.Item> waiting = new ArrayDeque<>();
  private final BlockingQueue<PartitionWork.Item> finished = new LinkedBlockingQueue<>();

  /** These partitions are ours from now on, in the state that the owner before left. */
  void add(Map<TopicPartition, DispatchMark> inherited) {
    inherited.forEach(
        (partition, mark) -> works.put(partition, new PartitionWork(partition, mark)));
  }

  /** Forgets partitions; what still runs of them is of no account any more. */
  void remove(Collection<TopicPartition> partitions) {
    forgetWaiting(partitions);
    works.keySet().removeAll(partitions);
  }

  void take(ConsumerRecord<byte[], byte[]> record) {
    PartitionWork work = works.get(new TopicPartition(record.topic(), record.partition()));
    // Without its mark nobody knows what may be dispatched: such a record waits for the next owner.
    if (work != null) {
      work.take(record).ifPresent(waiting::add);
    }
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  int waiting() {
    return waiting.size();
  }

  /** The next records to start, at most that many; they go on waiting. */
  List<PartitionWork.Item> upcoming(int most) {
    return waiting.stream().limit(most).toList();
  }

  /** From now on it runs; false when it is not ours any more. */
  boolean start(PartitionWork.Item item) {
    boolean ours = waiting.remove(item);
    if (ours) {
      item.work().started(item);
    }
    return ours;
  }

  /** Forgets records that were not started: they stay unfinished and are delivered again. */
  void forgetWaiting(Collection<TopicPartition> partitions) {
    waiting.removeIf(item -> partitions.contains(item.work().partition()));
  }

  /** Called by the thread that ran the record. */
  void finished(PartitionWork.Item item) {
    finished.add(item);
  }

  /** Enters into the books all that finished since. */
  void settle() {
    PartitionWork.Item item = finished.poll();
    while (item != null) {
      item.work().finished(item);
      item = finished.poll();
    }
  }

  /** Waits for one record to finish and enters it; false when none did in time. */
  boolean settleOne(Duration timeout) throws InterruptedException {
    Optional<PartitionWork.Item> item =
        Optional.ofNullable(finished.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
    item.ifPresent(one -> one.work().finished(one));
    return item.isPresent();
  }

  Set<TopicPartition> partitions() {
    return Set.copyOf(works.keySet());
  }

  /** What is in hand of these partitions, as far as they are ours. */
  List<PartitionWork> works(Collection<TopicPartition> partitions) {
    return partitions.stream().map(works::get).filter(Objects::nonNull).toList();
  }

  int running(Collection<TopicPartition> partitions) {
    return works(partitions).stream().mapToInt(PartitionWork::running).sum();
  }

  /** The partitions that no more is to be read of for now. */
  Set<TopicPartition> resting() {
    Set<TopicPartition> resting = new HashSet<>();
    works.forEach((partition, work) -> {
      if (hasWaiting() || work.offsets().span() >= MAX_SPAN) {
        resting.add(partition);
      }
    });
    return resting;
  }
}
