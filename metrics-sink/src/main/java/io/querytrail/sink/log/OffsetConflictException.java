package io.querytrail.sink.log;

/**
 * Another writer stored records of a partition that this one believed to be its own. Nothing of
 * this writer's batch was stored; it must not go on.
 */
public final class OffsetConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StreamPartition partition;
  private final long expected;

  public OffsetConflictException(StreamPartition partition, long expected) {
    super(
        "another writer has moved %s on: the store no longer says %s"
            .formatted(partition, expected == Advance.NONE ? "nothing" : Long.toString(expected)));
    this.partition = partition;
    this.expected = expected;
  }

  public StreamPartition partition() {
    return partition;
  }

  public long expected() {
    return expected;
  }
}
