package io.querytrail.generator.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetTrackerTest {
  private final OffsetTracker tracker = new OffsetTracker();

  @Test
  void hasNothingToCommitBeforeAnythingIsTaken() {
    assertThat(tracker.committable()).isEmpty();
    assertThat(tracker.span()).isZero();
  }

  @Test
  void commitsNoFurtherThanTheLowestUnfinishedRecord() {
    // Given
    take(5, 6, 7, 8);

    // When
    tracker.finished(6);
    tracker.finished(8);

    // Then
    assertThat(tracker.committable()).hasValue(5);
    assertThat(tracker.unfinished()).isEqualTo(2);
    assertThat(tracker.span()).isEqualTo(4);
  }

  @Test
  void commitsBehindTheLastRecordWhenAllAreFinished() {
    // Given
    take(5, 6);

    // When
    tracker.finished(6);
    tracker.finished(5);

    // Then
    assertThat(tracker.committable()).hasValue(7);
    assertThat(tracker.span()).isZero();
  }

  @Test
  void crossesGapsThatTransactionsLeave() {
    // Given
    take(5, 9);

    // When
    tracker.finished(5);

    // Then
    assertThat(tracker.committable()).hasValue(9);
  }

  @Test
  void commitsEachOffsetOnce() {
    // Given
    take(5);
    tracker.finished(5);

    // When
    tracker.committed(6);

    // Then
    assertThat(tracker.committable()).isEmpty();
  }

  @Test
  void refusesWhatWasNotTakenAndWhatWasTakenTwice() {
    take(5);
    assertThatThrownBy(() -> tracker.finished(4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tracker.taken(5)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void neverCommitsPastAnUnfinishedRecordAndLosesNone(long seed) {
    Random random = new Random(seed);
    TreeSet<Long> open = new TreeSet<>();
    List<Long> order = new ArrayList<>();
    long next = random.nextInt(100);
    for (int step = 0; step < 500; step++) {
      if (order.isEmpty() || random.nextBoolean()) {
        next += random.nextInt(3) == 0 ? 2 : 1;
        tracker.taken(next);
        open.add(next);
        order.add(next);
      } else {
        long finished = order.remove(random.nextInt(order.size()));
        tracker.finished(finished);
        open.remove(finished);
      }
      OptionalLong committable = tracker.committable();
      long expected = open.isEmpty() ? next + 1 : open.first();
      if (committable.isPresent()) {
        assertThat(committable).as("seed %d, step %d", seed, step).hasValue(expected);
        if (random.nextInt(4) == 0) {
          tracker.committed(committable.getAsLong());
        }
      }
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  private void take(long... offsets) {
    for (long offset : offsets) {
      tracker.taken(offset);
    }
  }
}
