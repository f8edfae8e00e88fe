package io.querytrail.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Runs something on virtual threads, many at a time or so many in a second, and takes its times.
 */
final class InFlightLoad {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private InFlightLoad() {}

  /** Something to run; false where it did not end well, which ends the benchmark. */
  @FunctionalInterface
  interface Call {
    boolean run() throws Exception;
  }

  /**
   * What a second brought.
   *
   * @param perSecond calls that ended
   * @param cpu of this process for each call
   * @param serverCpu of the model server for each call
   */
  record Rate(double perSecond, Duration cpu, Duration serverCpu) {}

  /** Keeps so many calls in flight, and counts after a warm-up. */
  static Rate keep(
      int inFlight, Duration warmUp, Duration measured, Supplier<Duration> serverCpu, Call call)
      throws InterruptedException {
    AtomicLong done = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicBoolean failed = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < inFlight; i++) {
        threads.submit(() -> {
          while (!stop.get()) {
            if (!wentWell(call)) {
              failed.set(true);
              stop.set(true);
            }
            done.incrementAndGet();
          }
        });
      }
      Thread.sleep(warmUp);
      long doneBefore = done.get();
      long cpuBefore = SYSTEM.getProcessCpuTime();
      Duration serverBefore = serverCpu.get();
      long start = System.nanoTime();
      Thread.sleep(measured);
      long calls = Math.max(1, done.get() - doneBefore);
      double seconds = (System.nanoTime() - start) / 1e9;
      Rate rate =
          new Rate(
              calls / seconds,
              Duration.ofNanos((SYSTEM.getProcessCpuTime() - cpuBefore) / calls),
              serverCpu.get().minus(serverBefore).dividedBy(calls));
      stop.set(true);
      if (failed.get()) {
        throw new IllegalStateException("a call did not end well; its rate says nothing");
      }
      return rate;
    }
  }

  /** Begins so many calls in a second, whatever becomes of them, and gives their times, sorted. */
  static long[] pace(int perSecond, Duration warmUp, Duration measured, Call call)
      throws InterruptedException {
    int skipped = (int) (perSecond * warmUp.toSeconds());
    int all = skipped + (int) (perSecond * measured.toSeconds());
    long[] nanos = new long[all];
    AtomicBoolean failed = new AtomicBoolean();
    long begin = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < all; i++) {
        int number = i;
        long due = begin + i * 1_000_000_000L / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        threads.submit(() -> {
          long start = System.nanoTime();
          failed.compareAndSet(false, !wentWell(call));
          nanos[number] = System.nanoTime() - start;
        });
      }
    }
    if (failed.get()) {
      throw new IllegalStateException("a call did not end well; its time says nothing");
    }
    long[] measuredNanos = Arrays.copyOfRange(nanos, skipped, all);
    Arrays.sort(measuredNanos);
    return measuredNanos;
  }

  private static boolean wentWell(Call call) {
    try {
      return call.run();
    } catch (Exception e) {
      e.printStackTrace();
      return false;
    }
  }
}
