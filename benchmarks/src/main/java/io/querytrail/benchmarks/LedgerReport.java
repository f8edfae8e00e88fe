package io.querytrail.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Decisions of the ledger in a second on one core: the decider alone, on a state in memory. A
 * decision is a request admitted or an answer settled, with its facts applied. Measured in the
 * thread's own CPU time, so that what else runs on the machine does not count.
 */
public final class LedgerReport {
  private static final int ROUNDS = 15;
  private static final int WARM_UP = 6;
  private static final int REQUESTS = 200_000;

  private LedgerReport() {}

  public static void main(String[] args) {
    long[] rates = new long[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      DeciderLoad.run(REQUESTS);
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
      if (round >= 0) {
        rates[round] = 2L * REQUESTS * 1_000_000_000L / nanos;
      }
    }
    Arrays.sort(rates);
    System.out.printf("%-44s%14s%14s%n", "decisions/s on one core", "median", "worst");
    System.out.printf(
        "%-44s%,14d%,14d%n", "decider, 4 budgets a request", rates[ROUNDS / 2], rates[0]);
  }
}
