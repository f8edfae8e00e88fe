package io.querytrail.sink;

import io.querytrail.service.HealthChecks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be done now and then, in a thread of its own. A run that fails is soon made again. */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long RETRY_SECONDS = 10;
  private static final long STOP_SECONDS = 10;

  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("metrics-sink-upkeep").factory());

  private final HealthChecks health;

  private Upkeep(HealthChecks health) {
    this.health = health;
  }

  static Upkeep start(HealthChecks health) {
    return new Upkeep(health);
  }

  /** Does the work every so often, beginning now; not ready while its last run failed. */
  Upkeep every(Duration period, String check, Runnable work) {
    health.ready(check, every(period.toSeconds(), work));
    return this;
  }

  /** Begins at once; tells why the last run failed, if it did. */
  private Supplier<Optional<String>> every(long periodSeconds, Runnable work) {
    AtomicReference<@Nullable String> trouble = new AtomicReference<>();
    scheduler.execute(() -> run(periodSeconds, work, trouble));
    return () -> Optional.ofNullable(trouble.get());
  }

  private void run(long periodSeconds, Runnable work, AtomicReference<@Nullable String> trouble) {
    try {
      work.run();
      trouble.set(null);
    } catch (RuntimeException e) {
      // At a thread's boundary: the health check tells, and the next run makes up for it.
      trouble.set(String.valueOf(e.getMessage()));
    }
    long delaySeconds =
        trouble.get() == null ? periodSeconds : Math.min(periodSeconds, RETRY_SECONDS);
    try {
      scheduler.schedule(() -> run(periodSeconds, work, trouble), delaySeconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("upkeep was stopped during a run");
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    try {
      if (!scheduler.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.atWarn().log("upkeep did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
