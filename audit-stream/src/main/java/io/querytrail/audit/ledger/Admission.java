package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;

/**
 * The permission to spend, with everything that settling it later needs pinned.
 *
 * @param id identity of this authorisation
 * @param number 1 for the request's first admission
 * @param sendCeiling the most that one send can cost
 * @param held sendCeiling for each of maxSends
 * @param heldIn the budgets, in the periods of the admission, that hold it
 */
public record Admission(
    String id,
    int number,
    String datasource,
    List<Candidate> candidates,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Instant deadline,
    Money sendCeiling,
    Money held,
    List<BudgetKey> heldIn,
    String currency,
    String priceVersion,
    long policyVersion) {
  public Admission {
    candidates = List.copyOf(candidates);
    heldIn = List.copyOf(heldIn);
  }
}
