package io.querytrail.generator.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {
  private final OffsetTracker tracker = new OffsetTracker(DispatchMark.allDoneBelow(5));

  @Test
  void hasNothingToCommitBeforeAnythingIsTaken() {
    assertThat(tracker.due()).isEmpty();
    assertThat(tracker.span()).isZero();
  }

  @Test
  void commitsNoFurtherThanTheLowestUnfinishedRecordAndTellsWhatIsFinishedAboveIt() {
    // Given
    dispatch(5, 6, 7, 8);

    // When
    tracker.finished(6);
    tracker.finished(8);

    // Then
    DispatchMark mark = tracker.due().orElseThrow();
    assertThat(mark.position()).isEqualTo(5);
    assertThat(mark.end()).isEqualTo(9);
    assertThat(mark.isSuspect(5)).isTrue();
    assertThat(mark.isFinished(6)).isTrue();
    assertThat(mark.isSuspect(7)).isTrue();
    assertThat(mark.isFinished(8)).isTrue();
    assertThat(mark.suspects()).isEqualTo(2);
    assertThat(tracker.unfinished()).isEqualTo(2);
    assertThat(tracker.span()).isEqualTo(4);
  }

  @Test
  void commitsBehindTheLastRecordWhenAllAreFinished() {
    // Given
    dispatch(5, 6);

    // When
    tracker.finished(6);
    tracker.finished(5);

    // Then
    assertThat(tracker.due()).contains(DispatchMark.allDoneBelow(7));
    assertThat(tracker.span()).isZero();
  }

  @Test
  void crossesGapsThatTransactionsLeave() {
    // Given
    dispatch(5, 9);

    // When
    tracker.finished(5);

    // Then
    assertThat(tracker.due()).contains(DispatchMark.unknown(9, 10));
  }

  @Test
  void commitsEachMarkOnce() {
    // Given
    dispatch(5);
    tracker.finished(5);

    // When
    tracker.committed(tracker.due().orElseThrow());

    // Then
    assertThat(tracker.due()).isEmpty();
  }

  @Test
  void dispatchesNothingThatNoMarkCovers() {
    take(5, 6);
    assertThatThrownBy(() -> tracker.dispatched(5)).isInstanceOf(IllegalStateException.class);

    tracker.committed(tracker.markThrough(5));

    tracker.dispatched(5);
    assertThatThrownBy(() -> tracker.dispatched(6)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void takesBackAMarkUnderWhichNothingWasDispatched() {
    // Given
    take(5, 6);
    tracker.committed(tracker.markThrough(6));

    // When
    DispatchMark mark = tracker.due().orElseThrow();

    // Then
    assertThat(mark).isEqualTo(DispatchMark.allDoneBelow(5));
  }

  @Test
  void knowsWhatTheOwnerBeforeLeft() {
    // Given
    BitSet finished = new BitSet();
    finished.set(1);
    OffsetTracker successor = new OffsetTracker(new DispatchMark(5, 8, finished));

    // Then
    assertThat(successor.taken(5)).isEqualTo(OffsetTracker.Taken.SUSPECT);
    assertThat(successor.taken(6)).isEqualTo(OffsetTracker.Taken.FINISHED);
    assertThat(successor.taken(7)).isEqualTo(OffsetTracker.Taken.SUSPECT);
    assertThat(successor.taken(8)).isEqualTo(OffsetTracker.Taken.NEW);
  }

  @Test
  void handsOnWhatItDidNotGetToOfWhatTheOwnerBeforeLeft() {
    // Given
    BitSet finished = new BitSet();
    finished.set(2);
    OffsetTracker successor = new OffsetTracker(new DispatchMark(5, 9, finished));

    // When
    successor.taken(5);
    successor.finished(5);

    // Then
    DispatchMark mark = successor.due().orElseThrow();
    assertThat(mark.position()).isEqualTo(6);
    assertThat(mark.end()).isEqualTo(9);
    assertThat(mark.isSuspect(6)).isTrue();
    assertThat(mark.isFinished(7)).isTrue();
    assertThat(mark.isSuspect(8)).isTrue();
  }

  @Test
  void refusesWhatWasNotTakenAndWhatWasTakenTwice() {
    take(5);
    assertThatThrownBy(() -> tracker.finished(4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tracker.taken(5)).isInstanceOf(IllegalArgumentException.class);
  }

  private void take(long... offsets) {
    for (long offset : offsets) {
      tracker.taken(offset);
    }
  }

  private void dispatch(long... offsets) {
    take(offsets);
    tracker.committed(tracker.markThrough(offsets[offsets.length - 1]));
    for (long offset : offsets) {
      tracker.dispatched(offset);
    }
  }
}
