package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.topology.InboundAttempts;
import io.querytrail.generator.kafka.ReportedAttempts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the ledger charges for a generator's attempts: by way of the event, and by its own code. */
public final class AttemptCharges {
  private AttemptCharges() {}

  public static List<Charge> of(
      List<io.querytrail.generator.model.Attempt> attempts,
      ModelPrice price,
      int maxInputTokens,
      int maxOutputTokens) {
    List<Attempt> reported = InboundAttempts.of(ReportedAttempts.of(attempts));
    List<Candidate> candidates =
        reported.stream()
            .map(attempt -> new Candidate(attempt.provider(), attempt.model(), "cheap"))
            .distinct()
            .toList();
    Money ceiling = price.ceiling(maxInputTokens, maxOutputTokens);
    Admission admission =
        new Admission(
            "r-1/1",
            1,
            "shop",
            candidates,
            maxInputTokens,
            maxOutputTokens,
            attempts.size(),
            Instant.EPOCH,
            Instant.EPOCH,
            ceiling,
            ceiling.times(attempts.size()),
            List.of(),
            "USD",
            "p1",
            1,
            false);
    return Pricing.charges((provider, model) -> Optional.of(price), admission, reported);
  }
}
