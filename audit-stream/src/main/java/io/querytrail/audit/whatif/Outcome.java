package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.Optional;

/**
 * A request that would have gone another way.
 *
 * @param at append time of the request
 * @param was why it was refused; empty when it was admitted
 * @param wouldBe why it would have been refused; empty when it would have been admitted
 * @param message of the refusal, for people; empty when it would have been admitted
 * @param paid what it cost
 * @param wouldPay what it would have cost
 * @param estimated whether wouldPay is an estimate, since nothing was ever generated for it
 */
public record Outcome(
    AccountId account,
    RequestId request,
    String user,
    Instant at,
    Optional<String> was,
    Optional<String> wouldBe,
    String message,
    Money paid,
    Money wouldPay,
    boolean estimated) {
  Outcome alsoPaid(Money amount) {
    return new Outcome(
        account, request, user, at, was, wouldBe, message, paid.plus(amount), wouldPay, estimated);
  }
}
