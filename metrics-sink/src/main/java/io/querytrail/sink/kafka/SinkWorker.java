package io.querytrail.sink.kafka;

import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.OffsetConflictException;
import io.querytrail.sink.log.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and collects one batch while those before it are written. A partition is given away only
 * when nothing of it is being written. While the store is away it goes on polling with everything
 * paused, and so stays a member of its group.
 */
final class SinkWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SinkWorker.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(200);

  /** How long a poll may wait for records while the end of a write is to be noticed. */
  private static final Duration BUSY_POLL = Duration.ofMillis(5);

  /** Longer than any statement may take before its connection is given up. */
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(90);

  private static final Duration STOP_DRAIN_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Collection<String> topics;
  private final StreamIds streamIds;
  private final LogStore store;
  private final BatchWriter writer;
  private final ConsumerWatch watch;
  private final Placements placements;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  /** What is being read. */
  private Pending reading;

  /** What could not be written and is tried again, one at a time and in its order. */
  private final Deque<Pending> stuck = new ArrayDeque<>();

  /** What no trying again will help. */
  private @Nullable Throwable fatal;

  private volatile boolean stopping;
  private volatile @Nullable String trouble;

  SinkWorker(
      Consumer<byte[], byte[]> consumer,
      Collection<String> topics,
      StreamIds streamIds,
      LogStore store,
      Pending empty,
      BatchFlush flush,
      ConsumerWatch watch) {
    this.consumer = consumer;
    this.topics = List.copyOf(topics);
    this.streamIds = streamIds;
    this.store = store;
    this.reading = empty;
    this.writer = new BatchWriter(flush);
    this.watch = watch;
    this.placements = new Placements(consumer);
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(topics, new Rebalances());
      work();
      finish();
    } catch (OffsetOutOfRangeException e) {
      failure.completeExceptionally(new PositionLostException(e));
    } catch (RuntimeException | Error e) {
      failure.completeExceptionally(e);
    } finally {
      close();
    }
  }

  /** Completes exceptionally when the worker has given up. */
  CompletableFuture<Void> failure() {
    return failure;
  }

  /** Why nothing is being written, if so. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Lets {@link #run} write what is in hand and return. From any thread. */
  void stop() {
    stopping = true;
    consumer.wakeup();
  }

  private void work() {
    try {
      while (!stopping) {
        settle(Duration.ZERO);
        if (backoff.nanosLeft(System.nanoTime()) <= 0) {
          attempt(System.nanoTime());
        }
        if (reading.isFull() && writer.isBusy()) {
          // One batch ahead is enough: what is not polled waits at the broker.
          reading.complete();
          settle(IDLE_POLL);
        } else {
          reading.add(consumer.poll(pollTime(System.nanoTime())), System.nanoTime());
        }
        watch.look(System.nanoTime());
      }
    } catch (WakeupException e) {
      if (!stopping) {
        throw e;
      }
    }
  }

  private void attempt(long now) {
    try {
      placements.place(streamIds, store);
      if (stuck.isEmpty() && !backoff.inTrouble()) {
        if (writer.hasRoom() && !reading.isEmpty() && reading.nanosUntilDue(now) <= 0) {
          Pending batch = reading;
          reading = batch.fresh();
          begin(batch);
        }
      } else if (!writer.isBusy()) {
        if (stuck.isEmpty()) {
          recovered();
        } else {
          begin(stuck.getFirst());
        }
      }
      if (!backoff.inTrouble()) {
        consumer.resume(placements.newlyPlaced());
      }
    } catch (StoreUnavailableException | RetriableException e) {
      troubled(e);
    }
  }

  private void begin(Pending batch) {
    writer.begin(batch, placements.advances(batch.next(), writer.underway()));
  }

  /** Takes note of what became of a batch that was being written, if that is known in time. */
  private void settle(Duration timeout) {
    writer
        .await(timeout)
        .ifPresent(outcome -> {
          switch (outcome) {
            case BatchWriter.Outcome.Stored(var batch, var next) -> {
              if (!stuck.remove(batch)) {
                // It was written behind those that failed, so they are stored, without an answer.
                stuck.forEach(before -> placements.moved(before.next()));
                stuck.clear();
              }
              placements.moved(next);
              commit(next);
              if (backoff.inTrouble()) {
                recovered();
              }
            }
            case BatchWriter.Outcome.Failed failed -> failed(failed);
          }
        });
    switch (fatal) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a batch could not be written", fatal);
    }
  }

  private void failed(BatchWriter.Outcome.Failed failed) {
    switch (failed.cause()) {
      case StoreUnavailableException away -> {
        keep(failed.batch());
        troubled(away);
      }
      case RetriableException away -> {
        keep(failed.batch());
        troubled(away);
      }
      // The batch before it may not be where it was expected to be: alone there is no doubt.
      case OffsetConflictException conflict when failed.ahead() -> keep(failed.batch());
      default -> fatal = failed.cause();
    }
  }

  private void keep(Pending batch) {
    if (!stuck.contains(batch)) {
      stuck.addLast(batch);
    }
  }

  /** Takes note of what became of all that was being written, as far as it is known in time. */
  private void settleAll(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (writer.isBusy() && System.nanoTime() < deadline) {
      settle(Duration.ofNanos(deadline - System.nanoTime()));
    }
  }

  private Duration pollTime(long now) {
    long nanos = IDLE_POLL.toNanos();
    if (writer.isBusy()) {
      nanos = BUSY_POLL.toNanos();
    } else if (backoff.inTrouble()) {
      nanos = Math.min(nanos, backoff.nanosLeft(now));
    } else if (!reading.isEmpty()) {
      nanos = Math.min(nanos, reading.nanosUntilDue(now));
    }
    return Duration.ofNanos(Math.max(0, nanos));
  }

  private void troubled(RuntimeException e) {
    if (!backoff.inTrouble()) {
      LOG.atWarn().addKeyValue("error", e.toString()).log("cannot write, will try again");
    }
    trouble = e.getMessage() == null ? e.toString() : e.getMessage();
    consumer.pause(consumer.assignment());
    watch.retried();
    backoff.failed(System.nanoTime());
  }

  private void recovered() {
    LOG.atInfo().log("can write again");
    trouble = null;
    backoff.succeeded();
    consumer.resume(placements.placed());
  }

  /** For those who watch the group's lag; nothing is ever read from there. */
  private void commit(Map<TopicPartition, Long> next) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    next.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    consumer.commitAsync(
        offsets,
        (committed, error) -> {
          if (error != null) {
            LOG.atDebug().addKeyValue("error", error.toString()).log("group offsets not committed");
          }
        });
  }

  /** One try: what cannot be written now is read again by whoever comes next. */
  private void finish() {
    settleAll(STOP_DRAIN_TIMEOUT);
    if (reading.isEmpty() || backoff.inTrouble() || !stuck.isEmpty() || writer.isBusy()) {
      return;
    }
    begin(reading);
    settleAll(STOP_DRAIN_TIMEOUT);
    if (backoff.inTrouble()) {
      LOG.atInfo().addKeyValue("error", trouble).log("stopped without writing the last batch");
    }
  }

  private void close() {
    writer.close();
    try {
      consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    } catch (KafkaException e) {
      LOG.atWarn().addKeyValue("error", e.toString()).log("consumer did not close in order");
    }
  }

  private final class Rebalances implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      placements.assigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      drain();
      reading.drop(partitions);
      stuck.forEach(batch -> batch.drop(partitions));
      placements.revoked(partitions);
    }

    /** What is being written may be of these partitions: their next owner must find it there. */
    private void drain() {
      try {
        settleAll(DRAIN_TIMEOUT);
        if (writer.isBusy()) {
          throw new IllegalStateException(
              "partitions must be given away while a batch of them is being written for more than "
                  + DRAIN_TIMEOUT.toSeconds()
                  + " s");
        }
      } catch (RuntimeException | Error e) {
        // Thrown from here it would come out of the poll wrapped up; the loop throws it as it is.
        fatal = e;
      }
    }
  }
}
