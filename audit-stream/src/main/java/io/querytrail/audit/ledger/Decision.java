package io.querytrail.audit.ledger;

import java.util.List;

/** What is to happen, and what to tell whoever asked. */
public record Decision<R>(List<LedgerFact> facts, R response) {
  public Decision {
    facts = List.copyOf(facts);
  }

  static <R> Decision<R> of(R response) {
    return new Decision<>(List.of(), response);
  }
}
