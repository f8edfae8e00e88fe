package io.querytrail.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Decisions of the ledger in a second on one core: the decider alone, on a state in memory. A
 * decision is a request admitted or an answer settled, with its facts applied. Measured in CPU
 * time, so that what else runs on the machine does not count: of the whole process, garbage
 * collection and all.
 */
public final class LedgerReport {
  private static final int ROUNDS = 15;
  private static final int WARM_UP = 6;
  private static final int REQUESTS = 200_000;

  private LedgerReport() {}

  public static void main(String[] args) {
    System.out.printf("%-60s%14s%14s%n", "decisions/s on one core", "median", "worst");
    for (DeciderLoad load : DeciderLoad.values()) {
      long[] rates = rates(load);
      System.out.printf("%-60s%,14d%,14d%n", load.title(), rates[ROUNDS / 2], rates[0]);
    }
  }

  private static long[] rates(DeciderLoad load) {
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long[] rates = new long[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long begin = process.getProcessCpuTime();
      load.run(REQUESTS);
      long nanos = process.getProcessCpuTime() - begin;
      if (round >= 0) {
        rates[round] = 2L * REQUESTS * 1_000_000_000L / nanos;
      }
    }
    Arrays.sort(rates);
    return rates;
  }
}
