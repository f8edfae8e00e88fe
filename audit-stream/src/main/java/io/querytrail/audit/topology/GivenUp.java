package io.querytrail.audit.topology;

/** Why an admission was given up without a report; the names are what programs read. */
enum GivenUp {
  INTERRUPTED("the generator stopped before it could say what the model answered"),
  EXPIRED("no answer came before the deadline"),
  CANCELLED("it was cancelled");

  private final String message;

  GivenUp(String message) {
    this.message = message;
  }

  String message() {
    return message;
  }
}
