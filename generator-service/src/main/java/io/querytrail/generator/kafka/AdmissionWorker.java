package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
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
 * keeps the books and commits; records finish in any order, and only what lies below the lowest
 * unfinished one is committed.
 */
final class AdmissionWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionWorker.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DISPATCH_TURN = Duration.ofMillis(20);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final RecordHandler handler;
  private final int maxInFlight;
  private final Duration drainTimeout;
  private final Semaphore permits;
  private final Assignment assignment = new Assignment();
  private final OffsetCommits commits;
  private final WorkerHealth health = new WorkerHealth();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admission-", 0).factory());
  private final Thread poller =
      Thread.ofPlatform().name("admissions").daemon().unstarted(this::run);

  private volatile int draining;

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
    this.commits = new OffsetCommits(consumer, assignment, COMMIT_TIMEOUT);
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

  /** Admissions that a stop or a move of their partitions waits for. */
  int draining() {
    return draining;
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
      consumer.subscribe(List.of(topic), new Moves());
      while (!stopping()) {
        turnOrWait();
      }
      finish();
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
      // Only to slow the loop down: whether the service is to stop is asked by the loop itself.
      boolean stopped = stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
      LOG.atDebug().addKeyValue("stopped", stopped).log("waited");
    }
  }

  private void turn() throws InterruptedException {
    consumer.poll(assignment.hasWaiting() ? Duration.ZERO : POLL).forEach(assignment::take);
    health.polled(consumer);
    dispatch();
    assignment.settle();
    rest();
    commits.commitWhenDue();
    Throwable cause = broken.get();
    if (cause != null) {
      throw new IllegalStateException("an admission could not be finished: " + cause, cause);
    }
  }

  /** Starts what is waiting, for as long as polling can be put off. */
  private void dispatch() throws InterruptedException {
    long until = System.nanoTime() + DISPATCH_TURN.toNanos();
    while (assignment.hasWaiting() && !stopping()) {
      if (!permits.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
      PartitionWork.Item item = assignment.start();
      threads.execute(() -> process(item));
    }
  }

  private void process(PartitionWork.Item item) {
    try {
      handler.handle(item.record());
      assignment.finished(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // The record's boundary: it stays unfinished, and the polling thread ends the service.
      broken.compareAndSet(null, e);
    } finally {
      permits.release();
    }
  }

  private void rest() {
    Set<TopicPartition> resting = assignment.resting();
    Set<TopicPartition> resuming = new HashSet<>(consumer.paused());
    resuming.removeAll(resting);
    consumer.resume(resuming);
    consumer.pause(resting);
  }

  /** Forgets what was not started and waits for what was, within bounds. */
  private void drain(Collection<TopicPartition> partitions) throws InterruptedException {
    assignment.forgetWaiting(partitions);
    long until = System.nanoTime() + drainTimeout.toNanos();
    draining = assignment.running(partitions);
    while (draining > 0 && broken.get() == null) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        break;
      }
      assignment.settleOne(Duration.ofNanos(Math.min(left, POLL.toNanos())));
      draining = assignment.running(partitions);
    }
    draining = 0;
  }

  private void finish() throws InterruptedException {
    Set<TopicPartition> all = assignment.partitions();
    drain(all);
    if (assignment.running(all) > 0) {
      LOG.atWarn()
          .addKeyValue("admissions", assignment.running(all))
          .log("stopping without an end of these; they are delivered again");
    }
    commits.commitNow(all);
    assignment.remove(all);
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

  /** Partitions come and go; called by the consumer from within {@code poll} and {@code close}. */
  private final class Moves implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assignment.add(partitions);
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
      commits.commitNow(partitions);
      assignment.remove(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      assignment.remove(partitions);
    }
  }
}
