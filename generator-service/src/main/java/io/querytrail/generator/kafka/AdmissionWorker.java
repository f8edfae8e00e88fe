package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads admissions and gives each a virtual thread of its own, up to a limit. One thread polls,
 * keeps all books and commits; records finish in any order, and only what lies below the lowest
 * unfinished one is committed.
 */
final class AdmissionWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionWorker.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DISPATCH_TURN = Duration.ofMillis(20);
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /**
   * A partition rests while its lowest unfinished record is this far behind: after a crash, what
   * finished above that one is delivered, and paid, again. Unit: offsets.
   */
  private static final long MAX_SPAN = 16_384;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final RecordHandler handler;
  private final int maxInFlight;
  private final Duration drainTimeout;
  private final Semaphore permits;
  private final WorkerHealth health = new WorkerHealth();
  private final Map<TopicPartition, PartitionWork> assigned = new HashMap<>();
  private final Deque<PartitionWork.Item> waiting = new ArrayDeque<>();
  private final BlockingQueue<PartitionWork.Item> finished = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admission-", 0).factory());
  private final Thread poller =
      Thread.ofPlatform().name("admissions").daemon().unstarted(this::run);
  private boolean committing;
  private long lastCommit = System.nanoTime();

  AdmissionWorker(
      Consumer<byte[], byte[]> consumer,
      String topic,
      RecordHandler handler,
      int maxInFlight,
      Duration drainTimeout) {
    this.consumer = consumer;
    this.topic = topic;
    this.handler = handler;
    this.maxInFlight = maxInFlight;
    this.drainTimeout = drainTimeout;
    this.permits = new Semaphore(maxInFlight);
  }

  void start() {
    poller.start();
  }

  /** Completes exceptionally when no more admissions can be read. */
  CompletableFuture<Void> failure() {
    return failure;
  }

  WorkerHealth health() {
    return health;
  }

  int inFlight() {
    return maxInFlight - permits.availablePermits();
  }

  /** Takes no more admissions, gives those in hand the time to finish, commits and leaves. */
  @Override
  public void close() {
    stop.countDown();
    try {
      poller.join(drainTimeout.plus(COMMIT_TIMEOUT).plus(CLOSE_TIMEOUT.multipliedBy(2)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      consumer.subscribe(List.of(topic), new Assignments());
      while (!stopping()) {
        turnOrWait();
      }
      drain(Set.copyOf(assigned.keySet()));
      int abandoned = assigned.values().stream().mapToInt(PartitionWork::running).sum();
      if (abandoned > 0) {
        LOG.atWarn()
            .addKeyValue("admissions", abandoned)
            .log("stopping without an end of these; they are delivered again");
      }
      commitNow(assigned.values());
      assigned.clear();
    } catch (Throwable e) {
      // The thread's boundary: without it nothing is read any more, so the service has to know.
      failure.completeExceptionally(e);
    } finally {
      threads.shutdownNow();
      closeConsumer();
    }
  }

  private void turnOrWait() throws InterruptedException {
    try {
      turn();
    } catch (RetriableException e) {
      LOG.atWarn().addKeyValue("error", e.toString()).log("admissions could not be read, again");
      stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void turn() throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record :
        consumer.poll(waiting.isEmpty() ? POLL : Duration.ZERO)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      waiting.add(assigned.computeIfAbsent(partition, PartitionWork::new).take(record));
    }
    health.polled(consumer);
    dispatch();
    settle();
    restWhereFull();
    commitWhenDue();
    Throwable cause = broken.get();
    if (cause != null) {
      throw new IllegalStateException("an admission could not be finished: " + cause, cause);
    }
  }

  /** Starts what is waiting, for as long as polling can be put off. */
  private void dispatch() throws InterruptedException {
    long until = System.nanoTime() + DISPATCH_TURN.toNanos();
    while (!waiting.isEmpty() && !stopping()) {
      if (!permits.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
      PartitionWork.Item item = waiting.remove();
      item.work().started();
      threads.execute(() -> process(item));
    }
  }

  private void process(PartitionWork.Item item) {
    try {
      handler.handle(item.record());
      finished.add(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      broken.compareAndSet(null, e);
    } finally {
      permits.release();
    }
  }

  private void settle() {
    PartitionWork.Item item = finished.poll();
    while (item != null) {
      item.work().finished(item);
      item = finished.poll();
    }
  }

  private void restWhereFull() {
    Set<TopicPartition> resting = new HashSet<>();
    assigned.forEach((partition, work) -> {
      if (!waiting.isEmpty() || work.offsets().span() >= MAX_SPAN) {
        resting.add(partition);
      }
    });
    Set<TopicPartition> resuming = new HashSet<>(consumer.paused());
    resuming.removeAll(resting);
    consumer.resume(resuming);
    consumer.pause(resting);
  }

  private void commitWhenDue() {
    long now = System.nanoTime();
    if (committing || now - lastCommit < COMMIT_INTERVAL.toNanos()) {
      return;
    }
    lastCommit = now;
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(assigned.values());
    if (offsets.isEmpty()) {
      return;
    }
    committing = true;
    consumer.commitAsync(
        offsets,
        (committed, error) -> {
          committing = false;
          if (error == null) {
            markCommitted(committed);
          } else {
            LOG.atDebug().addKeyValue("error", error.toString()).log("commit failed, again later");
          }
        });
  }

  private void commitNow(Collection<PartitionWork> works) {
    Map<TopicPartition, OffsetAndMetadata> offsets = committable(works);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, COMMIT_TIMEOUT);
      markCommitted(offsets);
    } catch (KafkaException e) {
      LOG.atWarn()
          .addKeyValue("error", e.toString())
          .log("commit failed; finished admissions will be delivered again");
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> committable(
      Collection<PartitionWork> works) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    works.forEach(work ->
        work.offsets()
            .committable()
            .ifPresent(offset -> offsets.put(work.partition(), new OffsetAndMetadata(offset))));
    return offsets;
  }

  private void markCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> {
      PartitionWork work = assigned.get(partition);
      if (work != null) {
        work.offsets().committed(offset.offset());
      }
    });
  }

  /** Forgets what was not started and waits for what was, within bounds. */
  private void drain(Collection<TopicPartition> partitions) throws InterruptedException {
    waiting.removeIf(item -> partitions.contains(item.work().partition()));
    long until = System.nanoTime() + drainTimeout.toNanos();
    while (running(partitions) > 0 && broken.get() == null) {
      long left = until - System.nanoTime();
      PartitionWork.Item item = finished.poll(Math.min(left, POLL.toNanos()), TimeUnit.NANOSECONDS);
      if (item != null) {
        item.work().finished(item);
      } else if (left <= 0) {
        return;
      }
    }
  }

  private int running(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .map(assigned::get)
        .mapToInt(work -> work == null ? 0 : work.running())
        .sum();
  }

  private boolean stopping() {
    return stop.getCount() == 0;
  }

  private void closeConsumer() {
    try {
      consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      LOG.atWarn().addKeyValue("error", e.toString()).log("consumer did not close in order");
    }
  }

  /** Called by the consumer from within {@code poll} and {@code close}. */
  private final class Assignments implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      partitions.forEach(partition -> assigned.put(partition, new PartitionWork(partition)));
      while (!partitions.isEmpty() && !stopping()) {
        try {
          beginWhereNothingIsCommitted(Set.copyOf(partitions));
          return;
        } catch (TimeoutException e) {
          LOG.atWarn().addKeyValue("error", e.toString()).log("committed offsets not known yet");
        }
      }
    }

    /**
     * Only a partition without a committed offset is read from its beginning. Where a committed
     * offset is out of range, records are lost, and the consumer says so instead of starting over.
     */
    private void beginWhereNothingIsCommitted(Set<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
      Set<TopicPartition> fresh = new HashSet<>(partitions);
      fresh.removeIf(partition -> committed.get(partition) != null);
      if (!fresh.isEmpty()) {
        consumer.seekToBeginning(fresh);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      try {
        drain(partitions);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      commitNow(partitions.stream().filter(assigned::containsKey).map(assigned::get).toList());
      assigned.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      waiting.removeIf(item -> partitions.contains(item.work().partition()));
      assigned.keySet().removeAll(partitions);
    }
  }
}
