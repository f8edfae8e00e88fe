package io.querytrail.sink.log;

/**
 * How far a batch brings a partition.
 *
 * @param expected what the store must say now; {@link #NONE} when it must know nothing of the
 *     partition
 * @param next the first offset that is not stored afterwards
 */
public record Advance(long expected, long next) {
  /** The store has never heard of the partition. */
  public static final long NONE = -1;
}
