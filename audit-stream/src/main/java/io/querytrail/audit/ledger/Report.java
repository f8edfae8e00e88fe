package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Allowance.Status;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.Prices;
import java.util.ArrayList;
import java.util.List;

/**
 * A dispatch's report with its prices.
 *
 * @param before the admission without it
 * @param after the admission with it
 */
record Report(
    String nonce,
    List<Attempt> attempts,
    List<Charge> charges,
    List<PaidAttempt> paid,
    Allowance before,
    Allowance after) {
  static Report of(LedgerCommand.Settle command, Allowance before, Prices prices) {
    List<Charge> charges = Pricing.charges(prices, before.admission(), command.attempts());
    List<PaidAttempt> paid = PaidAttempt.of(command.attempts(), charges);
    Allowance after = before.reported(command.nonce(), Pricing.sum(charges), paid);
    return new Report(command.nonce(), command.attempts(), charges, paid, before, after);
  }

  /** What the admission costs with it. */
  Money cost() {
    return after.cost();
  }

  /** What it changes the cost of the request by. */
  Money delta() {
    return after.cost().minus(before.cost());
  }

  /** What it changes the sum spent in one budget by: an assumption there is taken back. */
  Money settledIn(Hold hold) {
    Money cost = Pricing.costIn(hold.budget(), attempts, charges);
    return before.status() == Status.ASSUMED ? cost.minus(hold.amount()) : cost;
  }

  LedgerFact.Dispatch dispatch() {
    return new LedgerFact.Dispatch(nonce, paid, delta(), before.isHeld());
  }

  LedgerFact corrected(long sequence, RequestState state, Movement movement) {
    return new LedgerFact.Corrected(
        sequence,
        state,
        before.admission(),
        dispatch(),
        delta(),
        movement.changes(),
        movement.windows());
  }

  SettleResponse.Settled settled(RequestState.Open open) {
    List<PaidAttempt> earlier = new ArrayList<>(0);
    for (Allowance allowance : open.allowances()) {
      if (!allowance.admission().id().equals(before.admission().id())) {
        earlier.addAll(allowance.attempts());
      }
    }
    return new SettleResponse.Settled(
        open.request(), before.admission(), earlier, charges, open.cost());
  }
}
