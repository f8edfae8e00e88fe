package io.querytrail.benchmarks;

import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyVerdict;
import java.util.List;

/** How long the worst of the large attacks takes to be rejected. */
final class LargeAttacks {
  private static final int WARM_ROUNDS = 20;

  private final List<String> attacks = Statements.largeAttacks();
  private final DatabaseSchema schema = Statements.schema();
  private final SafetyPolicy policy = SafetyPolicy.defaults(List.of("shop", "ops"));
  private final SafetyGuard guard = new SafetyGuard();

  /** To be called first in a JVM: nothing is loaded or compiled when the first attack comes. */
  void report() {
    double first = worstMillis();
    guard.warmUp();
    double afterWarmUp = worstMillis();
    double warm = Double.POSITIVE_INFINITY;
    for (int i = 0; i < WARM_ROUNDS; i++) {
      warm = Math.min(warm, worstMillis());
    }
    System.out.printf("large attacks (%d), the slowest to reject%n", attacks.size());
    System.out.printf("  %-32s%10.1f  ms%n", "in a JVM that just started", first);
    System.out.printf("  %-32s%10.1f  ms%n", "after the guard's warm-up", afterWarmUp);
    System.out.printf("  %-32s%10.1f  ms%n", "warm", warm);
  }

  private double worstMillis() {
    long worst = 0;
    for (String attack : attacks) {
      long start = System.nanoTime();
      SafetyVerdict verdict = guard.judge(attack, policy, schema);
      worst = Math.max(worst, System.nanoTime() - start);
      if (verdict instanceof SafetyVerdict.Approved) {
        throw new IllegalStateException("An attack was approved: " + attack);
      }
    }
    return worst / 1e6;
  }
}
