package io.querytrail.sink.log;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Keeps the log. For use by one thread. */
public interface LogStore {
  /** Takes refused records into safety before the batch without them is committed. */
  @FunctionalInterface
  interface Refusals {
    /** An exception here leaves the whole batch unwritten. */
    void take(List<Refusal> refusals);
  }

  /**
   * The first offset of each partition that is not stored yet; a partition that the store does not
   * know is missing.
   *
   * @throws StoreUnavailableException when asking again later may help
   */
  Map<StreamPartition, Long> nextOffsets(Collection<StreamPartition> partitions);

  /**
   * Stores the records and moves the partitions on, in one transaction. Returns only when that is
   * certain. Records that cannot be stored are handed to {@code refusals}; the others land.
   *
   * @throws StoreUnavailableException when the same batch may be written later
   * @throws OffsetConflictException when another writer has moved a partition; nothing was written
   */
  void write(LogBatch batch, Refusals refusals);
}
