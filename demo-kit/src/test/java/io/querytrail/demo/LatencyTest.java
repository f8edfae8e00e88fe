package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LatencyTest {
  @Test
  void isAlwaysTheSameForTheSameQuestion() {
    assertThat(Latency.REALISTIC.of("How many orders?"))
        .isEqualTo(Latency.REALISTIC.of("How many orders?"));
  }

  @Test
  void isSpreadAroundItsMedianWithALongTail() {
    List<Duration> sorted =
        IntStream.range(0, 10_000)
            .mapToObj(i -> Latency.REALISTIC.of("question " + i))
            .sorted()
            .toList();

    assertThat(sorted.get(5_000)).isBetween(Duration.ofMillis(280), Duration.ofMillis(320));
    assertThat(sorted.get(9_900)).isBetween(Duration.ofMillis(700), Duration.ofMillis(1_100));
  }

  @Test
  void isNothingWithoutMedian() {
    assertThat(Latency.NONE.of("How many orders?")).isZero();
  }
}
