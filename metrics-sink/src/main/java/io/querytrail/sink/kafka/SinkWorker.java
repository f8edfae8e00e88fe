package io.querytrail.sink.kafka;

import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.StoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
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
 * Reads, collects, writes. One thread does all three, so that a partition is given away only
 * between two transactions. While the store is away it goes on polling with everything paused, and
 * so stays a member of its group.
 */
final class SinkWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SinkWorker.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(200);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Collection<String> topics;
  private final StreamIds streamIds;
  private final LogStore store;
  private final Pending pending;
  private final BatchFlush flush;
  private final ConsumerWatch watch;
  private final Placements placements;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  private volatile boolean stopping;
  private volatile @Nullable String trouble;

  SinkWorker(
      Consumer<byte[], byte[]> consumer,
      Collection<String> topics,
      StreamIds streamIds,
      LogStore store,
      Pending pending,
      BatchFlush flush,
      ConsumerWatch watch) {
    this.consumer = consumer;
    this.topics = List.copyOf(topics);
    this.streamIds = streamIds;
    this.store = store;
    this.pending = pending;
    this.flush = flush;
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
        long now = System.nanoTime();
        if (backoff.nanosLeft(now) <= 0) {
          attempt(now);
        }
        pending.add(consumer.poll(pollTime(System.nanoTime())), System.nanoTime());
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
      if (!pending.isEmpty() && (backoff.inTrouble() || pending.nanosUntilDue(now) <= 0)) {
        commit(flush.write(pending, placements));
      }
      if (backoff.inTrouble()) {
        recovered();
      }
    } catch (StoreUnavailableException | RetriableException e) {
      troubled(e);
    }
  }

  private Duration pollTime(long now) {
    long nanos = IDLE_POLL.toNanos();
    if (backoff.inTrouble()) {
      nanos = Math.min(nanos, backoff.nanosLeft(now));
    } else if (!pending.isEmpty()) {
      nanos = Math.min(nanos, pending.nanosUntilDue(now));
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
    if (pending.isEmpty() || backoff.inTrouble()) {
      return;
    }
    try {
      flush.write(pending, placements);
    } catch (StoreUnavailableException | RetriableException e) {
      LOG.atInfo().addKeyValue("error", e.toString()).log("stopped without writing the last batch");
    }
  }

  private void close() {
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
      pending.drop(partitions);
      placements.revoked(partitions);
    }
  }
}
