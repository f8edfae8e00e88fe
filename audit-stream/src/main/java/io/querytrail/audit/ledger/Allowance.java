package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.ArrayList;
import java.util.List;

/**
 * One admission of a request, and what has become of its money.
 *
 * @param cost what is charged for it so far
 * @param nonces dispatches that were paid, the newest last
 * @param attempts what the cost is made of; kept only until the request has its verdict
 */
public record Allowance(
    Admission admission,
    Status status,
    Money cost,
    List<String> nonces,
    List<PaidAttempt> attempts) {
  /** A request is dispatched a handful of times at the very worst. */
  private static final int MAX_NONCES = 32;

  /** Where the money is. */
  public enum Status {
    /** Put aside: nothing has been heard of the admission yet. */
    HELD,
    /** Charged whole for want of a report; the first one that comes corrects it. */
    ASSUMED,
    /** Charged by what was reported. */
    REPORTED
  }

  public Allowance {
    nonces = List.copyOf(nonces);
    attempts = List.copyOf(attempts);
  }

  static Allowance held(Admission admission) {
    return new Allowance(admission, Status.HELD, Money.ZERO, List.of(), List.of());
  }

  /** Whether money is put aside for it now. */
  public boolean isHeld() {
    return status == Status.HELD;
  }

  /** Nobody can say what was spent: all of it, then. */
  Allowance assumed(List<PaidAttempt> assumption) {
    return new Allowance(admission, Status.ASSUMED, admission.held(), nonces, assumption);
  }

  /** A report of a dispatch takes the place of an assumption, and adds to other reports. */
  Allowance reported(String nonce, Money reported, List<PaidAttempt> reportedAttempts) {
    boolean another = status == Status.REPORTED;
    List<String> all = new ArrayList<>(nonces);
    all.add(nonce);
    List<PaidAttempt> known = new ArrayList<>(another ? attempts : List.of());
    known.addAll(reportedAttempts);
    return new Allowance(
        admission,
        Status.REPORTED,
        another ? cost.plus(reported) : reported,
        all.subList(Math.max(0, all.size() - MAX_NONCES), all.size()),
        known);
  }

  Allowance withoutAttempts() {
    return attempts.isEmpty() ? this : new Allowance(admission, status, cost, nonces, List.of());
  }
}
