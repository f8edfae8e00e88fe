package io.querytrail.audit.ledger;

/** Who pays. */
public record AccountId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
