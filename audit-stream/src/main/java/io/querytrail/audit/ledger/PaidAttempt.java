package io.querytrail.audit.ledger;

import java.util.ArrayList;
import java.util.List;

/** One model call with the money that was put on it. */
public record PaidAttempt(Attempt attempt, Charge charge) {
  static List<PaidAttempt> of(List<Attempt> attempts, List<Charge> charges) {
    List<PaidAttempt> paid = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      paid.add(new PaidAttempt(attempts.get(i), charges.get(i)));
    }
    return paid;
  }
}
