package io.querytrail.generator.offset;

import java.util.BitSet;

/**
 * What a generator promises about a partition before it dispatches, for whoever comes after it:
 * nothing from {@code end} on was dispatched; of what lies between {@code position} and {@code end}
 * it may have been, but for what is finished.
 *
 * @param position where the next owner begins to read; everything below is finished
 * @param end first offset that was certainly not dispatched
 * @param finished by distance from {@code position}; what is not in it counts as unfinished
 */
public record DispatchMark(long position, long end, BitSet finished) {
  public DispatchMark {
    if (position < 0 || end < position) {
      throw new IllegalArgumentException(
          "a mark from %d to %d makes no sense".formatted(position, end));
    }
    finished = (BitSet) finished.clone();
    if (finished.length() > end - position) {
      throw new IllegalArgumentException(
          "%d is finished beyond the end %d".formatted(position + finished.length() - 1, end));
    }
  }

  /** Everything below this offset is finished, and nothing from it on was dispatched. */
  public static DispatchMark allDoneBelow(long position) {
    return new DispatchMark(position, position, new BitSet());
  }

  /** Nothing is known of what lies between: all of it may have been dispatched. */
  public static DispatchMark unknown(long position, long end) {
    return new DispatchMark(position, Math.max(position, end), new BitSet());
  }

  @Override
  public BitSet finished() {
    return (BitSet) finished.clone();
  }

  /** Whether a record at this offset may have been dispatched and is not known to be finished. */
  public boolean isSuspect(long offset) {
    return offset >= position && offset < end && !isFinished(offset);
  }

  /** Whether a record at this offset is known to be finished. */
  public boolean isFinished(long offset) {
    return offset < position
        || (offset - position < Integer.MAX_VALUE && finished.get((int) (offset - position)));
  }

  /** How many offsets may have been dispatched without a known end; gaps in the log count. */
  public long suspects() {
    return end - position - finished.cardinality();
  }
}
