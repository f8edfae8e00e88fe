package io.querytrail.generator.model;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sends that one admission pays for: retries, fallbacks and repairs draw on the same one. Safe
 * for use by several threads.
 */
public final class SendAllowance {
  private final AtomicInteger left;

  public SendAllowance(int sends) {
    this.left = new AtomicInteger(sends);
  }

  /** Takes one send; false when none is left. */
  public boolean tryTake() {
    return left.getAndUpdate(sends -> Math.max(0, sends - 1)) > 0;
  }

  /** Gives back a send that certainly never happened. */
  void giveBack() {
    left.incrementAndGet();
  }

  /** Sends that may still be taken. */
  public int left() {
    return left.get();
  }
}
