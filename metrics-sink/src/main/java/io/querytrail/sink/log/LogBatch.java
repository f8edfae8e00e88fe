package io.querytrail.sink.log;

import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Records that are stored together or not at all. What each needs to be stored is made ready when
 * it is added, so that a batch can be filled while the one before it is written. For use by one
 * thread at a time.
 */
public interface LogBatch {
  /** Takes refused records into safety before the batch without them is committed. */
  @FunctionalInterface
  interface Refusals {
    /** An exception here leaves the whole batch unwritten. */
    void take(List<Refusal> refusals);
  }

  /** Adds a record, which need not be kept in memory for it. */
  void add(SinkRecord record);

  /**
   * Makes ready what concerns the batch as a whole, as {@link #write} does otherwise: for when
   * there is time before it is written. Done again, or for nothing more, it costs nothing.
   */
  void complete();

  /**
   * Stores the records and moves the partitions on, in one transaction. Returns only when that is
   * certain. Records that cannot be stored are handed to {@code refusals}; the others land. After
   * an exception it may be called again.
   *
   * @param advances how far the records bring each partition
   * @param again the same records once more, asked for only when some cannot be stored
   * @param partitionsHeld run once or more when the partitions are this transaction's. From then on
   *     another thread may write the batch after this one, which is stored only if this one is
   * @throws StoreUnavailableException when the same batch may be written later
   * @throws OffsetConflictException when another writer has moved a partition, or a batch before
   *     this one is not stored; nothing was written
   */
  void write(
      SortedMap<StreamPartition, Advance> advances,
      Supplier<List<SinkRecord>> again,
      Refusals refusals,
      Runnable partitionsHeld);
}
