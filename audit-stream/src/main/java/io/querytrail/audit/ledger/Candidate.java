package io.querytrail.audit.ledger;

/**
 * A model that may serve.
 *
 * @param tier "cheap" or "strong"
 */
public record Candidate(String provider, String model, String tier) {
  /** The name by which prices and budgets know the model. */
  public String key() {
    return key(provider, model);
  }

  static String key(String provider, String model) {
    return provider + ':' + model;
  }
}
