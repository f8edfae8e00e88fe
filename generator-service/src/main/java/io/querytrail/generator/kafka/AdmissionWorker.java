package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads admissions and gives each a virtual thread of its own, up to a limit. One thread polls,
 * keeps the books and commits; records finish in any order. Nothing is dispatched before a mark
 * that says so is committed: whoever takes a partition over reports what its former owner may have
 * dispatched, and dispatches the rest.
 */
final class AdmissionWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionWorker.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DISPATCH_TURN = Duration.ofMillis(20);

  /**
   * While nearly all permits are out, they come back one by one: waiting this long for a few of
   * them spares the broker a commit for each. Short beside any model's call.
   */
  private static final Duration GATHERING = Duration.ofMillis(5);

  private static final int GATHERED_SHARE = 32;
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
  private final Takeover takeover;
  private final WorkerHealth health = new WorkerHealth();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admission-", 0).factory());
  private final Thread poller =
      Thread.ofPlatform().name("admissions").daemon().unstarted(this::run);

  private volatile int draining;

  /** Whether the latest mark was taken; after a failure the next poll slows the loop down. */
  private boolean covered = true;

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
    this.takeover = new Takeover(consumer);
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
    boolean ready = assignment.hasWaiting() && covered;
    consumer.poll(ready ? Duration.ZERO : POLL).forEach(assignment::take);
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
      int room = room(until);
      if (room == 0) {
        return;
      }
      assignment.settle();
      List<PartitionWork.Item> batch = assignment.upcoming(room);
      covered = commits.cover(batch);
      permits.release(room - (covered ? start(batch) : 0));
      if (!covered) {
        return;
      }
    }
  }

  /** Takes permits for what waits: at once where there are some, else as many as come in time. */
  private int room(long until) throws InterruptedException {
    int wanted = assignment.waiting();
    int few = Math.min(wanted, Math.max(1, maxInFlight / GATHERED_SHARE));
    int taken = 0;
    if (permits.tryAcquire(few, GATHERING.toNanos(), TimeUnit.NANOSECONDS)) {
      taken = few;
    } else if (permits.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      taken = 1;
    }
    // Only this thread takes permits, so those that are there stay there.
    int more = taken == 0 ? 0 : Math.min(wanted - taken, permits.availablePermits());
    return permits.tryAcquire(more) ? taken + more : taken;
  }

  private int start(List<PartitionWork.Item> batch) {
    int started = 0;
    for (PartitionWork.Item item : batch) {
      if (assignment.start(item)) {
        started++;
        threads.execute(() -> process(item));
      }
    }
    return started;
  }

  private void process(PartitionWork.Item item) {
    try {
      if (item.suspect()) {
        handler.reportInterrupted(item.record());
      } else {
        handler.handle(item.record());
      }
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
          .log("stopping without an end of these; the next owner reports them as interrupted");
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
      while (!partitions.isEmpty() && !stopping()) {
        try {
          assignment.add(takeover.inherit(Set.copyOf(partitions)));
          return;
        } catch (TimeoutException e) {
          LOG.atWarn().addKeyValue("error", e.toString()).log("committed offsets not known yet");
        }
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
