package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.StreamPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes batches in threads of its own, so that the next one is read and decoded meanwhile. A
 * second one may be begun when the first holds its partitions: the store takes its rows while it
 * finishes the first. All methods are for the reader's thread.
 */
final class BatchWriter implements AutoCloseable {
  private static final int AT_ONCE = 2;

  /** What became of a batch. */
  sealed interface Outcome {
    /** It is stored up to these offsets, and with it all that was begun before it. */
    record Stored(Pending batch, Map<TopicPartition, Long> next) implements Outcome {}

    /**
     * Nothing of it is stored.
     *
     * @param ahead it was begun before the end of another one, of which it may be a consequence
     */
    record Failed(Pending batch, Throwable cause, boolean ahead) implements Outcome {}
  }

  private record Writing(
      Pending batch,
      boolean ahead,
      CompletableFuture<Void> held,
      CompletableFuture<Map<TopicPartition, Long>> done) {}

  private final BatchFlush flush;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, Thread.ofPlatform().name("metrics-sink-writer-", 1).factory());

  /** The oldest first. */
  private final Deque<Writing> writings = new ArrayDeque<>();

  BatchWriter(BatchFlush flush) {
    this.flush = flush;
  }

  /** Whether the outcome of a batch is still to come. */
  boolean isBusy() {
    return !writings.isEmpty();
  }

  /** Whether a batch can be begun. */
  boolean hasRoom() {
    return writings.isEmpty() || writings.size() < AT_ONCE && writings.getLast().held().isDone();
  }

  /** The offsets up to which partitions will be stored when all that is being written is. */
  Map<TopicPartition, Long> underway() {
    Map<TopicPartition, Long> next = new HashMap<>();
    writings.forEach(writing -> next.putAll(writing.batch().next()));
    return next;
  }

  /** Begins to write; only while there is room. */
  void begin(Pending batch, SortedMap<StreamPartition, Advance> advances) {
    if (!hasRoom()) {
      throw new IllegalStateException("the batch before is not far enough");
    }
    CompletableFuture<Void> held = new CompletableFuture<>();
    var done =
        CompletableFuture.supplyAsync(
            () -> flush.write(batch, advances, () -> held.complete(null)), threads);
    writings.addLast(new Writing(batch, isBusy(), held, done));
  }

  /**
   * What became of the oldest batch, once; empty when none is being written, when the time is over,
   * or as soon as there is room.
   */
  Optional<Outcome> await(Duration timeout) {
    Writing oldest = writings.peekFirst();
    if (oldest == null || !isDone(oldest, timeout)) {
      return Optional.empty();
    }
    writings.removeFirst();
    return Optional.of(
        oldest.done().isCompletedExceptionally()
            ? new Outcome.Failed(oldest.batch(), oldest.done().exceptionNow(), oldest.ahead())
            : new Outcome.Stored(oldest.batch(), oldest.done().resultNow()));
  }

  private boolean isDone(Writing oldest, Duration timeout) {
    CompletableFuture<?> news =
        hasRoom() || writings.size() == AT_ONCE
            ? oldest.done()
            : CompletableFuture.anyOf(oldest.done(), oldest.held());
    try {
      news.handle((result, failure) -> oldest).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a failure is handled as a result", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while a batch was being written", e);
    }
    return oldest.done().isDone();
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
