package io.querytrail.audit;

import io.querytrail.audit.topology.GenerationsRead;
import io.querytrail.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns how far the group has read the generations topic: remembers where a partition ended at a
 * moment, and once the group has committed that far, everything of before that moment is read. One
 * thread of its own; answers any thread.
 */
final class GenerationsWatch implements GenerationsRead, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationsWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Where a partition ended at a moment. */
  private record Mark(Instant at, long end) {}

  private final Admin admin;
  private final String groupId;
  private final int partitions;
  private final InstantSource clock;
  private final Map<TopicPartition, Mark> awaited = new HashMap<>();
  private final Map<Integer, Instant> through = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  private GenerationsWatch(Admin admin, String groupId, int partitions, InstantSource clock) {
    this.admin = admin;
    this.groupId = groupId;
    this.partitions = partitions;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("generations-watch").unstarted(this::run);
  }

  /** Begins to look, every second; owns the client and closes it. */
  static GenerationsWatch start(Admin admin, String groupId, int partitions, InstantSource clock) {
    GenerationsWatch watch = new GenerationsWatch(admin, groupId, partitions, clock);
    watch.thread.start();
    return watch;
  }

  @Override
  public Instant through(int partition) {
    return through.getOrDefault(partition, Instant.EPOCH);
  }

  private void run() {
    while (!closed) {
      try {
        look();
        TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
      } catch (InterruptedException e) {
        return;
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        // Nothing expires meanwhile; the money stays held, which is the safe side.
        LOG.atWarn().addKeyValue("error", e.toString()).log("cannot learn what is read");
        pause();
      }
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void look() throws InterruptedException, ExecutionException, TimeoutException {
    Instant now = clock.instant();
    Map<TopicPartition, Long> ends = offsets(OffsetSpec.latest());
    Map<TopicPartition, Long> read = read();
    ends.forEach((partition, end) -> {
      Mark mark = awaited.computeIfAbsent(partition, any -> new Mark(now, end));
      if (read.getOrDefault(partition, 0L) >= mark.end()) {
        through.put(partition.partition(), mark.at());
        awaited.put(partition, new Mark(now, end));
      }
    });
  }

  /** Up to where each partition is read; one without a commit is not read at all. */
  private Map<TopicPartition, Long> read()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> read = new HashMap<>(offsets(OffsetSpec.earliest()));
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(groupId)
            .partitionsToOffsetAndMetadata()
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    committed.forEach((partition, offset) -> {
      if (offset != null && read.containsKey(partition)) {
        read.merge(partition, offset.offset(), Math::max);
      }
    });
    return read;
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec spec)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> wanted =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(Topic.GENERATIONS.topicName(), partition))
            .collect(Collectors.toMap(partition -> partition, any -> spec));
    return admin
        .listOffsets(wanted)
        .all()
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, found -> found.getValue().offset()));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    admin.close(Duration.ofSeconds(5));
  }
}
