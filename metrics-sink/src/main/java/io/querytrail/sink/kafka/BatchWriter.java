package io.querytrail.sink.kafka;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.StreamPartition;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Writes one batch at a time in a thread of its own, so that the next one is read and decoded
 * meanwhile. All methods are for the reader's thread.
 */
final class BatchWriter implements AutoCloseable {
  /** What became of a batch. */
  sealed interface Outcome {
    /** It is stored up to these offsets. */
    record Stored(Map<TopicPartition, Long> next) implements Outcome {}

    /** Nothing of it is stored. */
    record Failed(Pending batch, Throwable cause) implements Outcome {}
  }

  private record Writing(Pending batch, Future<Map<TopicPartition, Long>> done) {}

  private final BatchFlush flush;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("metrics-sink-writer").factory());
  private @Nullable Writing writing;

  BatchWriter(BatchFlush flush) {
    this.flush = flush;
  }

  boolean isBusy() {
    return writing != null;
  }

  /** Begins to write; only while not busy. */
  void begin(Pending batch, SortedMap<StreamPartition, Advance> advances) {
    if (writing != null) {
      throw new IllegalStateException("a batch is still being written");
    }
    writing = new Writing(batch, thread.submit(() -> flush.write(batch, advances)));
  }

  /** What became of the batch, once; empty when none is being written or the time is over. */
  Optional<Outcome> await(Duration timeout) {
    if (writing == null) {
      return Optional.empty();
    }
    Outcome outcome;
    try {
      outcome = new Outcome.Stored(writing.done().get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      outcome = new Outcome.Failed(writing.batch(), Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while a batch was being written", e);
    }
    writing = null;
    return Optional.of(outcome);
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
