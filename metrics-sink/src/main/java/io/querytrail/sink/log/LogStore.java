package io.querytrail.sink.log;

import java.util.Collection;
import java.util.Map;

/**
 * Keeps the log. Batches may be filled by one thread while others write: each the batch after one
 * whose partitions are held, see {@link LogBatch#write}.
 */
public interface LogStore {
  /**
   * The first offset of each partition that is not stored yet; a partition that the store does not
   * know is missing.
   *
   * @throws StoreUnavailableException when asking again later may help
   */
  Map<StreamPartition, Long> nextOffsets(Collection<StreamPartition> partitions);

  /** An empty batch for this store. */
  LogBatch newBatch();
}
