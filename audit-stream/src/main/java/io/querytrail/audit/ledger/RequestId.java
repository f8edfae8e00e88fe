package io.querytrail.audit.ledger;

/** A request's id, unique within its account. */
public record RequestId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
