package io.querytrail.sink.log;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A batch with all that is needed to write it. */
public final class TestBatch {
  private final LogBatch batch;
  private final List<SinkRecord> records;
  private final SortedMap<StreamPartition, Advance> advances = new TreeMap<>();

  /** Filled. */
  public TestBatch(LogStore store, SinkRecord... records) {
    this.batch = store.newBatch();
    this.records = List.of(records);
    this.records.forEach(batch::add);
  }

  /** Has it move that partition, too. */
  public TestBatch moving(StreamPartition partition, long expected, long next) {
    advances.put(partition, new Advance(expected, next));
    return this;
  }

  /** Writes it, once more if it was written. */
  public void write(LogBatch.Refusals refusals) {
    write(refusals, () -> {});
  }

  /** Writes it, and tells when it holds its partitions. */
  public void write(LogBatch.Refusals refusals, Runnable partitionsHeld) {
    batch.write(advances, () -> records, refusals, partitionsHeld);
  }
}
