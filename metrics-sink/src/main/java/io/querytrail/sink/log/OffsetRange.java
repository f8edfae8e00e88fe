package io.querytrail.sink.log;

/**
 * Offsets of one partition.
 *
 * @param from the first
 * @param to the first that no longer belongs to it
 */
public record OffsetRange(long from, long to) {
  public boolean isEmpty() {
    return to <= from;
  }
}
