package io.querytrail.sink.log;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A store of which every fifth write is committed and its answer lost, and every seventh rolled
 * back after the batch behind it may have begun.
 */
public final class FailingStore implements LogStore {
  /** Long enough for the batch behind to be begun. Unit: milliseconds. */
  private static final long AHEAD_MILLIS = 20;

  private final LogStore store;
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  /** Over a store that does what it is told. */
  public FailingStore(LogStore store) {
    this.store = store;
  }

  /** How many writes have failed. */
  public int failures() {
    return failures.get();
  }

  @Override
  public Map<StreamPartition, Long> nextOffsets(Collection<StreamPartition> partitions) {
    return store.nextOffsets(partitions);
  }

  @Override
  public LogBatch newBatch() {
    LogBatch batch = store.newBatch();
    return new LogBatch() {
      @Override
      public void add(SinkRecord record) {
        batch.add(record);
      }

      @Override
      public void complete() {
        batch.complete();
      }

      @Override
      public void write(
          SortedMap<StreamPartition, Advance> advances,
          Supplier<List<SinkRecord>> again,
          Refusals refusals,
          Runnable partitionsHeld) {
        int write = writes.incrementAndGet();
        batch.write(
            advances,
            again,
            refusals,
            () -> {
              partitionsHeld.run();
              pause();
              if (write % 7 == 0) {
                throw failure("rolled back");
              }
            });
        if (write % 5 == 0) {
          throw failure("answer lost");
        }
      }
    };
  }

  private StoreUnavailableException failure(String message) {
    failures.incrementAndGet();
    return new StoreUnavailableException(message, new IllegalStateException(message));
  }

  private static void pause() {
    try {
      Thread.sleep(AHEAD_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
