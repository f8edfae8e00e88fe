package io.querytrail.generator.offset;

import java.util.BitSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which records of one partition were dispatched and which are finished, from the mark of the owner
 * before on. Records are taken in order, dispatched in order and finish in any; a record may be
 * dispatched only when a {@link #markThrough mark through it} is committed. Offsets may have gaps,
 * as transactions leave them. Not safe for use by several threads.
 */
public final class OffsetTracker {
  /** What is to be done with a record. */
  public enum Taken {
    /** Nobody dispatched it. */
    NEW,
    /** An earlier owner may have dispatched it, and nothing is known of its end. */
    SUSPECT,
    /** An earlier owner finished it. */
    FINISHED
  }

  private final DispatchMark inherited;
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long next;
  private long end;
  private DispatchMark committed;

  /** Goes on where the owner before left off. */
  public OffsetTracker(DispatchMark inherited) {
    this.inherited = inherited;
    this.committed = inherited;
    this.next = inherited.position();
    this.end = inherited.end();
  }

  /** A record was taken. */
  public Taken taken(long offset) {
    if (offset < next) {
      throw new IllegalArgumentException(
          "offset %d was taken after %d".formatted(offset, next - 1));
    }
    next = offset + 1;
    if (inherited.isFinished(offset)) {
      return Taken.FINISHED;
    }
    unfinished.add(offset);
    return inherited.isSuspect(offset) ? Taken.SUSPECT : Taken.NEW;
  }

  /** A record is being dispatched: every mark from now on says so. */
  public void dispatched(long offset) {
    if (offset >= committed.end()) {
      throw new IllegalStateException(
          "offset %d must not be dispatched: the mark ends at %d"
              .formatted(offset, committed.end()));
    }
    end = Math.max(end, offset + 1);
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
   * Offsets from the lowest unfinished record to the newest one: what has to be told apart by a
   * mark.
   */
  public long span() {
    return next - position();
  }

  /** The mark of now; empty when that one is committed. */
  public Optional<DispatchMark> due() {
    DispatchMark mark = mark(end);
    return mark.equals(committed) ? Optional.empty() : Optional.of(mark);
  }

  /** The mark under which everything up to and with this record may be dispatched. */
  public DispatchMark markThrough(long offset) {
    return mark(Math.max(end, offset + 1));
  }

  /** The broker has this mark, and it is the latest one that was sent. */
  public void committed(DispatchMark mark) {
    committed = mark;
  }

  private long position() {
    return unfinished.isEmpty() ? next : unfinished.first();
  }

  private DispatchMark mark(long through) {
    long position = position();
    long last = Math.max(position, through);
    int told = (int) Math.min(last - position, MarkCodec.WINDOW);
    BitSet finished = new BitSet(told);
    finished.set(0, told);
    unfinished
        .headSet(position + told)
        .forEach(offset -> finished.clear((int) (offset - position)));
    // What the owner before left and was not read again yet is known from its mark only.
    for (long offset = Math.max(next, position);
        offset < Math.min(position + told, inherited.end());
        offset++) {
      finished.set((int) (offset - position), inherited.isFinished(offset));
    }
    return new DispatchMark(position, last, finished);
  }
}
