package io.querytrail.generator.offset;

import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Which records of one partition are finished. Records are taken in order and finish in any; only
 * what lies below the lowest unfinished one may be committed. Offsets may have gaps, as
 * transactions leave them. Not safe for use by several threads.
 */
public final class OffsetTracker {
  private static final long NONE = -1;

  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long next = NONE;
  private long committed = NONE;

  /** A record was taken. */
  public void taken(long offset) {
    if (offset < next) {
      throw new IllegalArgumentException(
          "offset %d was taken after %d".formatted(offset, next - 1));
    }
    unfinished.add(offset);
    next = offset + 1;
  }

  /** A record is finished for good. */
  public void finished(long offset) {
    if (!unfinished.remove(offset)) {
      throw new IllegalArgumentException("offset " + offset + " is not unfinished");
    }
  }

  /** How many records are taken and not finished. */
  public int unfinished() {
    return unfinished.size();
  }

  /**
   * Offsets from the lowest unfinished record to the newest one: what is delivered again after a
   * crash.
   */
  public long span() {
    return unfinished.isEmpty() ? 0 : next - unfinished.first();
  }

  /** The offset to commit; empty when that one is committed or nothing was taken. */
  public OptionalLong committable() {
    long offset = unfinished.isEmpty() ? next : unfinished.first();
    return offset == committed || offset == NONE ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** The broker has this offset. */
  public void committed(long offset) {
    committed = Math.max(committed, offset);
  }
}
