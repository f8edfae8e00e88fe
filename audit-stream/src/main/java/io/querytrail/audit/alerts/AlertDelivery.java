package io.querytrail.audit.alerts;

import io.querytrail.events.BudgetAlert;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Posts an alert until the receiver has it, with waits that double, or gives up after so many tries
 * or so long. Safe for use by several threads.
 */
final class AlertDelivery {
  /** One post. */
  interface Post {
    Posted of(String id, byte[] body) throws InterruptedException;
  }

  /** A wait that can be interrupted. */
  interface Wait {
    void of(Duration time) throws InterruptedException;
  }

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 6;

  private final Post post;
  private final int maxTries;
  private final Duration giveUpAfter;
  private final Wait wait;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final WebhookMetrics metrics;

  AlertDelivery(
      Post post,
      AlertWebhookConfig config,
      Wait wait,
      LongSupplier nanoTime,
      RandomGenerator random,
      WebhookMetrics metrics) {
    this.post = post;
    this.maxTries = config.tries();
    this.giveUpAfter = config.giveUpAfter();
    this.wait = wait;
    this.nanoTime = nanoTime;
    this.random = random;
    this.metrics = metrics;
  }

  /** Empty when the receiver has the alert; else why it was given up. */
  Optional<String> deliver(BudgetAlert alert) throws InterruptedException {
    byte[] body = WebhookBody.of(alert);
    long begin = nanoTime.getAsLong();
    for (int tries = 1; ; tries++) {
      Posted posted = post.of(alert.getAlertId(), body);
      metrics.posted(posted);
      switch (posted) {
        case Posted.Taken taken -> {
          return Optional.empty();
        }
        case Posted.Failed failed -> {
          Duration left = giveUpAfter.minusNanos(nanoTime.getAsLong() - begin);
          Duration pause = pause(tries, failed);
          if (tries >= maxTries || pause.compareTo(left) > 0) {
            return Optional.of(
                "not taken by the webhook in %d tries, the last one failed with %s"
                    .formatted(tries, failed.kind()));
          }
          wait.of(pause);
        }
      }
    }
  }

  /** Half of the wait is chance, so that what failed together does not come again together. */
  private Duration pause(int tries, Posted.Failed failed) {
    Duration full = FIRST_WAIT.multipliedBy(1L << Math.min(tries - 1, MAX_DOUBLINGS));
    long nanos = (full.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : full).toNanos();
    Duration own = Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    Duration asked = failed.retryAfter().orElse(Duration.ZERO);
    return asked.compareTo(own) > 0 ? asked : own;
  }
}
