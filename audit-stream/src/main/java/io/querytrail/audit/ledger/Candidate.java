package io.querytrail.audit.ledger;

/**
 * A model that may serve.
 *
 * @param tier "cheap" or "strong"
 */
public record Candidate(String provider, String model, String tier) {}
