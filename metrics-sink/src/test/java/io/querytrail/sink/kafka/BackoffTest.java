package io.querytrail.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void waitsLongerAfterEachFailureUpToABound() {
    long previous = 0;
    for (int failure = 0; failure < 20; failure++) {
      backoff.failed(0);
      assertThat(backoff.nanosLeft(0)).isGreaterThanOrEqualTo(previous);
      previous = backoff.nanosLeft(0);
    }

    assertThat(previous).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    assertThat(backoff.nanosLeft(TimeUnit.SECONDS.toNanos(5))).isZero();
  }

  @Test
  void beginsAnewAfterASuccess() {
    backoff.failed(0);
    backoff.failed(0);
    backoff.succeeded();

    assertThat(backoff.inTrouble()).isFalse();
    assertThat(backoff.nanosLeft(0)).isZero();
    backoff.failed(0);
    assertThat(backoff.nanosLeft(0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
  }
}
