package io.querytrail.audit.ledger;

import java.util.Map;
import java.util.Optional;

/** Who asks and how they speak: nothing that the ledger decides by, only handed on to the model. */
public record Requester(
    Optional<String> role,
    Optional<String> locale,
    Optional<String> timeZone,
    Map<String, String> terms) {
  public Requester {
    terms = Map.copyOf(terms);
  }
}
