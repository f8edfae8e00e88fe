package io.querytrail.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RecentFailuresTest {
  private final AtomicLong now = new AtomicLong();
  private final RecentFailures failures = new RecentFailures(2, Duration.ofSeconds(10), now::get);

  @Test
  void bearsAsManyAsTheLimitWithinTheWindow() {
    assertThat(failures.addAndIsTooMany()).isFalse();
    assertThat(failures.addAndIsTooMany()).isFalse();
    assertThat(failures.addAndIsTooMany()).isTrue();
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    failures.addAndIsTooMany();
    failures.addAndIsTooMany();

    now.set(Duration.ofSeconds(11).toNanos());

    assertThat(failures.addAndIsTooMany()).isFalse();
  }
}
