package io.querytrail.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two batches at once, and what is told of each. */
final class BatchWriterTest {
  private static final TopicPartition PARTITION = new TopicPartition("audit", 0);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration NOW = Duration.ZERO;

  /** Batches that are written when, and as far as, the test says. */
  private static final class StepStore implements LogStore {
    final class Step implements LogBatch {
      final CountDownLatch mayHold = new CountDownLatch(1);
      final CompletableFuture<Void> end = new CompletableFuture<>();

      @Override
      public void add(SinkRecord record) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void complete() {
        // Nothing is in it.
      }

      @Override
      public void write(
          SortedMap<StreamPartition, Advance> advances,
          Supplier<List<SinkRecord>> again,
          Refusals refusals,
          Runnable partitionsHeld) {
        try {
          mayHold.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        if (!end.isCompletedExceptionally()) {
          partitionsHeld.run();
        }
        try {
          end.join();
        } catch (CompletionException e) {
          throw (RuntimeException) e.getCause();
        }
      }
    }

    @Override
    public Map<StreamPartition, Long> nextOffsets(Collection<StreamPartition> partitions) {
      return Map.of();
    }

    @Override
    public Step newBatch() {
      return last = new Step();
    }

    Step last = new Step();
  }

  private final StepStore store = new StepStore();
  private final BatchWriter writer =
      new BatchWriter(
          new BatchFlush(
              new DeadLetters(new MockProducer<>()), new SinkMetrics(new SimpleMeterRegistry())));

  @AfterEach
  void close() {
    writer.close();
  }

  private record Begun(Pending batch, StepStore.Step step) {
    void hold() {
      step.mayHold.countDown();
    }

    void end() {
      hold();
      step.end.complete(null);
    }

    void fail(RuntimeException failure) {
      step.end.completeExceptionally(failure);
      hold();
    }
  }

  /** A batch without rows that brings the partition there. */
  private Begun begin(long next) {
    Pending batch =
        new Pending(
            new EventMapper(new EventDeserializer()), new BatchLimits(1, 1, Duration.ZERO), store);
    StepStore.Step step = store.last;
    batch.add(new ConsumerRecords<>(Map.of(), Map.of(PARTITION, new OffsetAndMetadata(next))), 0);
    writer.begin(batch, new TreeMap<>());
    return new Begun(batch, step);
  }

  private static BatchWriter.Outcome stored(Begun begun, long next) {
    return new BatchWriter.Outcome.Stored(begun.batch(), Map.of(PARTITION, next));
  }

  @Test
  void hasRoomForASecondBatchWhenTheFirstHoldsItsPartitions() {
    assertThat(writer.hasRoom()).isTrue();
    Begun first = begin(10);
    assertThat(writer.hasRoom()).isFalse();
    assertThatThrownBy(() -> begin(20)).isInstanceOf(IllegalStateException.class);

    first.hold();

    // Told of as soon as it is so, long before the time is over.
    assertThat(writer.await(SOON)).isEmpty();
    assertThat(writer.hasRoom()).isTrue();
    assertThat(writer.underway()).containsExactly(Map.entry(PARTITION, 10L));
    Begun second = begin(20);
    assertThat(writer.underway()).containsExactly(Map.entry(PARTITION, 20L));
    second.hold();
    assertThat(writer.hasRoom()).isFalse();
    assertThat(writer.await(NOW)).isEmpty();

    first.end();
    assertThat(writer.await(SOON)).contains(stored(first, 10));
    Awaitility.await().atMost(SOON).until(writer::hasRoom);
    assertThat(writer.isBusy()).isTrue();
    second.end();
    assertThat(writer.await(SOON)).contains(stored(second, 20));
    assertThat(writer.isBusy()).isFalse();
    assertThat(writer.await(NOW)).isEmpty();
  }

  @Test
  void tellsOfTheFirstBeforeTheSecond() {
    Begun first = begin(10);
    first.hold();
    writer.await(SOON);
    Begun second = begin(20);
    second.end();

    assertThat(writer.await(Duration.ofMillis(100))).isEmpty();
    first.end();

    assertThat(writer.await(SOON)).contains(stored(first, 10));
    assertThat(writer.await(SOON)).contains(stored(second, 20));
  }

  @Test
  void tellsWhichOfTwoFailuresMayComeFromTheOther() {
    IllegalStateException failure = new IllegalStateException("no");
    Begun first = begin(10);
    first.hold();
    writer.await(SOON);
    Begun second = begin(20);
    second.fail(failure);
    first.fail(failure);

    assertThat(writer.await(SOON))
        .contains(new BatchWriter.Outcome.Failed(first.batch(), failure, false));
    assertThat(writer.await(SOON))
        .contains(new BatchWriter.Outcome.Failed(second.batch(), failure, true));
  }

  @Test
  void goesOnAfterABatchThatNeverHeldItsPartitions() {
    IllegalStateException failure = new IllegalStateException("no");
    Begun first = begin(10);
    first.fail(failure);

    assertThat(writer.await(SOON))
        .contains(new BatchWriter.Outcome.Failed(first.batch(), failure, false));
    Begun again = begin(10);
    again.hold();
    assertThat(writer.await(SOON)).isEmpty();
    again.end();
    assertThat(writer.await(SOON)).contains(stored(again, 10));
  }
}
