package io.querytrail.generator.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkCodecTest {
  private static final int BROKERS_DEFAULT_LIMIT = 4_096;

  @Test
  void tellsAFewFinishedAmongAFewDispatchedInAFewCharacters() {
    BitSet finished = new BitSet();
    finished.set(3, 40);
    finished.set(41);
    DispatchMark mark = new DispatchMark(1_000_000, 1_000_060, finished);

    String text = MarkCodec.encode(mark);

    assertThat(text).hasSizeLessThan(24);
    assertThat(MarkCodec.decode(1_000_000, text)).contains(mark);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsBackWhateverFitsTheWindowAndStaysBelowTheBrokersLimit(long seed) {
    Random random = new Random(seed);
    int distance = random.nextInt(MarkCodec.WINDOW + 1);
    double density = random.nextDouble();
    BitSet finished = new BitSet();
    for (int i = 0; i < distance; i++) {
      finished.set(i, random.nextDouble() < density);
    }
    long position = random.nextLong(Long.MAX_VALUE / 2);
    DispatchMark mark = new DispatchMark(position, position + distance, finished);

    String text = MarkCodec.encode(mark);

    assertThat(text).as("seed %d", seed).hasSizeLessThan(BROKERS_DEFAULT_LIMIT);
    assertThat(MarkCodec.decode(position, text)).as("seed %d", seed).contains(mark);
  }

  @Test
  void countsAsUnfinishedWhatDoesNotFit() {
    // Given
    int distance = MarkCodec.WINDOW * 2;
    BitSet everyOther = new BitSet();
    for (int i = 0; i < distance; i += 2) {
      everyOther.set(i);
    }
    DispatchMark mark = new DispatchMark(7, 7 + distance, everyOther);

    // When
    String text = MarkCodec.encode(mark);
    DispatchMark read = MarkCodec.decode(7, text).orElseThrow();

    // Then
    assertThat(text).hasSizeLessThan(BROKERS_DEFAULT_LIMIT);
    assertThat(read.end()).isEqualTo(mark.end());
    assertThat(read.isFinished(7)).isTrue();
    assertThat(read.isSuspect(8)).isTrue();
    long beyond = 7 + MarkCodec.WINDOW + 2;
    assertThat(mark.isFinished(beyond - beyond % 2 + 1)).isTrue();
    assertThat(read.isSuspect(beyond - beyond % 2 + 1)).isTrue();
  }

  @Test
  void refusesTextsThatAreNotItsOwn() {
    assertThat(MarkCodec.decode(0, "")).isEmpty();
    assertThat(MarkCodec.decode(0, "1:")).isEmpty();
    assertThat(MarkCodec.decode(0, "1:????")).isEmpty();
    assertThat(MarkCodec.decode(0, "2:AAAAAAAAAAAA")).isEmpty();
    assertThat(MarkCodec.decode(0, "somebody else's note")).isEmpty();
  }

  @Test
  void refusesTheMarkOfAnotherPosition() {
    String text = MarkCodec.encode(DispatchMark.unknown(5, 9));
    assertThat(MarkCodec.decode(5, text)).isPresent();
    assertThat(MarkCodec.decode(6, text)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void refusesWhatWasDamaged(long seed) {
    Random random = new Random(seed);
    BitSet finished = new BitSet();
    for (int i = 0; i < 100; i++) {
      finished.set(i, random.nextBoolean());
    }
    String text = MarkCodec.encode(new DispatchMark(3, 200, finished));
    int at = 2 + random.nextInt(text.length() - 3);
    char other = text.charAt(at) == 'x' ? 'y' : 'x';

    String damaged = text.substring(0, at) + other + text.substring(at + 1);
    String cut = text.substring(0, at);

    assertThat(MarkCodec.decode(3, damaged)).as("seed %d", seed).isEmpty();
    assertThat(MarkCodec.decode(3, cut)).as("seed %d", seed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 4})
  void knowsNoMarkThatEndsBeforeItBegins(long end) {
    assertThatThrownBy(() -> new DispatchMark(5, end, new BitSet()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }
}
