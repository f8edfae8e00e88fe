package io.querytrail.sink;

import io.querytrail.sink.postgres.ExecutionUpkeep;
import io.querytrail.sink.postgres.PartitionKeeper;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be done now and then, in a thread of its own. A run that fails is made again by the
 * next one.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long SETTLE_SECONDS = 2;
  private static final long HOURLY_SECONDS = TimeUnit.HOURS.toSeconds(1);
  private static final long STOP_SECONDS = 10;

  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("metrics-sink-upkeep").factory());
  private volatile @Nullable String partitionTrouble;

  private Upkeep() {}

  static Upkeep start(PartitionKeeper partitions, ExecutionUpkeep executions) {
    Upkeep upkeep = new Upkeep();
    upkeep.every(SETTLE_SECONDS, SETTLE_SECONDS, executions::settleRecent);
    upkeep.every(0, HOURLY_SECONDS, executions::settleAll);
    // Daily would do; hourly makes up for a run that failed.
    upkeep.every(HOURLY_SECONDS, HOURLY_SECONDS, () -> upkeep.keepAhead(partitions));
    return upkeep;
  }

  /** Why partitions for the months ahead may be missing, if so. */
  Optional<String> partitionTrouble() {
    return Optional.ofNullable(partitionTrouble);
  }

  private void keepAhead(PartitionKeeper partitions) {
    try {
      partitions.keepAhead();
      partitionTrouble = null;
    } catch (RuntimeException e) {
      partitionTrouble = e.toString();
      throw e;
    }
  }

  private void every(long firstSeconds, long periodSeconds, Runnable work) {
    scheduler.scheduleWithFixedDelay(
        () -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            // The worker tells of a database that is away; here it only has to go on.
            LOG.atInfo().addKeyValue("error", e.toString()).log("upkeep failed, will run again");
          }
        },
        firstSeconds,
        periodSeconds,
        TimeUnit.SECONDS);
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
